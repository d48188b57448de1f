#!/usr/bin/env python3
"""Measures what a run on generated contacts costs: wall time, processor time, memory, stage by stage.

    python3 scripts/performance.py [--rows 100000 …] [--threads 2 …] [--runs 3] [--write]

The generator needs pyarrow; with --sample the contacts are those of `alike sample`, which is the way to ten million of them. The
second table is cost by size: what a record costs beside the comparing of pairs, what a pair costs, and how much memory each
record takes at the peak; the more it stays the same, the more linear the cost. With Python's polars installed, the floor (reading and writing the same file) is measured beside it, and its reading beside alike's on one thread. See
docs/performance.md for what the figures mean; --write puts the table there.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring import ROOT, SHARED, build, fill, machine, make_contacts, revision, table, timed

SEED = 42
FLOOR = ("import polars, sys\n"
         "polars.read_csv(sys.argv[1], infer_schema_length=0).write_csv(sys.argv[2])\n")

# What reading alone costs in polars: all cells as text, as alike takes them.
READ = ("import polars, sys, time\n"
        "start = time.monotonic()\n"
        "polars.read_csv(sys.argv[1], infer_schema_length=0)\n"
        "print(time.monotonic() - start)\n")
# What the third issue asks of reading.
MOST_TIMES_POLARS = 2
FEWEST_ROWS_A_SECOND = 300_000


def median(runs, of):
    return statistics.median(getattr(run, of) for run in runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--threads", type=int, nargs="+", default=[0], help="0: as many as alike takes by itself")
    parser.add_argument("--runs", type=int, default=3, help="the median is reported")
    parser.add_argument("--tools", type=Path, default=SHARED / "tools", help="folder of make_contacts.py")
    parser.add_argument("--memory", help="passed on to alike, as in 8GiB")
    parser.add_argument("--sample", action="store_true", help="contacts of `alike sample` instead of make_contacts.py")
    parser.add_argument("--alike", type=Path, help="measure this program instead of building one")
    parser.add_argument("--scratch", type=Path, help="keep runs and generated data here")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    args = parser.parse_args()

    alike = args.alike.resolve() if args.alike else build()
    lines, stages, reading, linear = [], [], [], []
    with tempfile.TemporaryDirectory(prefix="alike-performance-") as temporary:
        scratch = args.scratch or Path(temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        for rows in args.rows:
            files = sample(alike, scratch, rows) if args.sample else made(args.tools, scratch, rows)
            for threads in args.threads:
                runs = []
                for at in range(args.runs):
                    folder = scratch / f"run_{rows}_{threads}_{at}"
                    said = ["--threads", str(threads)] if threads else []
                    said += ["--memory", args.memory] if args.memory else []
                    runs.append(timed([alike, "run", *files, "-o", folder, *said]))
                name = f"{rows:,} contacts" + (f", {threads} thread{'s' * (threads > 1)}" if threads else "")
                lines.append(cost(name, runs))
                stages.append((name, json.loads((folder / "manifest.json").read_text(encoding="utf-8-sig"))))
                linear.append(by_size(name, rows, runs, stages[-1][1]))
            if args.sample:
                continue
            reading.append(throughput(alike, files[0], rows, args.runs, scratch))
            try:
                import polars  # noqa: F401
                lines.append(cost(f"floor: polars reads and writes {rows:,}",
                                  [timed([sys.executable, "-c", FLOOR, files[0], scratch / "floor.csv"]) for _ in range(args.runs)]))
            except ImportError:
                print("no floor: Python has no polars", file=sys.stderr)

    parts = [f"Revision {revision()}, {machine()}; median of {args.runs}.", table(["", "wall", "CPU", "peak memory"], lines)]
    parts.append(table(["cost by size", "ns a record", "ns a pair", "pairs a record", "bytes a record"], linear))
    if reading:
        parts.append(table(["reading", "alike", "polars", "times polars", "read and normalize, rows/s/core"], reading))
        parts.append(f"Asked for: at most {MOST_TIMES_POLARS} times polars, and at least {FEWEST_ROWS_A_SECOND:,} rows/s/core.")
    for name, manifest in stages:
        counts = manifest["counts"]
        parts.append(f"{name}: {counts['pairs_compared']:,} pairs compared, {counts['links']:,} links, {counts['golden_records']:,} golden records.")
        peaks = manifest.get("peak_mib", {})
        parts.append(table(["stage (of the last run)", "seconds", "peak memory so far"],
                           [[stage, f"{seconds:.2f}", f"{peaks[stage]} MiB" if stage in peaks else ""]
                            for stage, seconds in manifest["seconds"].items()]))
    text = "\n\n".join(parts)
    print(text)
    if args.write:
        fill(ROOT / "docs" / "performance.md", "performance", text)


def made(tools, scratch, rows):
    """The file of make_contacts.py."""
    files = make_contacts(tools, scratch, rows, SEED)
    if files is None:
        sys.exit(1)
    return files[:1]


def sample(alike, scratch, rows):
    """The tables of `alike sample`."""
    folder = scratch / f"sample_{rows}"
    if not folder.exists():
        timed([alike, "sample", "--rows", str(rows), "--seed", str(SEED), "-o", folder, "--quiet"])
    return sorted((folder / "exports").iterdir())


def by_size(name, rows, runs, manifest):
    """A row of the table of cost by size: wall time beside scoring for each record, of scoring for each pair, memory."""
    score, pairs = manifest["seconds"]["score"], manifest["counts"]["pairs_compared"]
    return [name, f"{(median(runs, 'wall') - score) / rows * 1e9:,.0f}", f"{score / max(pairs, 1) * 1e9:,.0f}",
            f"{pairs / rows:.1f}", f"{median(runs, 'peak_mib') * 2**20 / rows:,.0f}"]


def throughput(alike, file, rows, runs, scratch):
    """A row of the table of reading: both programs on one thread each, side by side, by their own clocks."""
    seconds, polars_seconds = [], []
    one = {**os.environ, "POLARS_MAX_THREADS": "1"}
    for _ in range(runs):
        folder = scratch / f"reading_{rows}"
        timed([alike, "run", file, "-o", folder, "--threads", "1"])
        stages = json.loads((folder / "manifest.json").read_text(encoding="utf-8-sig"))["seconds"]
        seconds.append((stages["read"], stages["read"] + stages["map"] + stages["normalize"]))
        done = subprocess.run([sys.executable, "-c", READ, str(file)], env=one, capture_output=True, text=True)
        if done.returncode == 0:
            polars_seconds.append(float(done.stdout))
    read, all_of_it = (statistics.median(one[at] for one in seconds) for at in (0, 1))
    row = [f"{rows:,} contacts, 1 thread", f"{read:.2f} s"]
    if polars_seconds:
        polars = statistics.median(polars_seconds)
        row += [f"{polars:.2f} s", f"{read / polars:.2f}"]
    else:
        row += ["not installed", ""]
    return [*row, f"{rows / all_of_it:,.0f}"]


def cost(name, runs):
    return [name, f"{median(runs, 'wall'):.2f} s", f"{median(runs, 'cpu'):.2f} s", f"{median(runs, 'peak_mib'):.0f} MiB"]


if __name__ == "__main__":
    main()
