#!/usr/bin/env python3
"""Measures what a run on generated contacts costs: wall time, processor time, memory, stage by stage.

    python3 scripts/performance.py [--rows 100000 …] [--threads 2 …] [--runs 3] [--write]

The generator needs pyarrow. With Python's polars installed, the floor (reading and writing the same file) is measured beside it, and its reading beside alike's on one thread. See
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
    parser.add_argument("--alike", type=Path, help="measure this program instead of building one")
    parser.add_argument("--scratch", type=Path, help="keep runs and generated data here")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    args = parser.parse_args()

    alike = args.alike.resolve() if args.alike else build()
    lines, stages, reading = [], [], []
    with tempfile.TemporaryDirectory(prefix="alike-performance-") as temporary:
        scratch = args.scratch or Path(temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        for rows in args.rows:
            files = make_contacts(args.tools, scratch, rows, SEED)
            if files is None:
                sys.exit(1)
            for threads in args.threads:
                runs = []
                for at in range(args.runs):
                    folder = scratch / f"run_{rows}_{threads}_{at}"
                    said = ["--threads", str(threads)] if threads else []
                    runs.append(timed([alike, "run", files[0], "-o", folder, *said]))
                name = f"{rows:,} contacts" + (f", {threads} thread{'s' * (threads > 1)}" if threads else "")
                lines.append(cost(name, runs))
                stages.append((name, json.loads((folder / "manifest.json").read_text(encoding="utf-8-sig"))))
            reading.append(throughput(alike, files[0], rows, args.runs, scratch))
            try:
                import polars  # noqa: F401
                lines.append(cost(f"floor: polars reads and writes {rows:,}",
                                  [timed([sys.executable, "-c", FLOOR, files[0], scratch / "floor.csv"]) for _ in range(args.runs)]))
            except ImportError:
                print("no floor: Python has no polars", file=sys.stderr)

    parts = [f"Revision {revision()}, {machine()}; median of {args.runs}.", table(["", "wall", "CPU", "peak memory"], lines)]
    parts.append(table(["reading", "alike", "polars", "times polars", "read and normalize, rows/s/core"], reading))
    parts.append(f"Asked for: at most {MOST_TIMES_POLARS} times polars, and at least {FEWEST_ROWS_A_SECOND:,} rows/s/core.")
    for name, manifest in stages:
        counts = manifest["counts"]
        parts.append(f"{name}: {counts['pairs_compared']:,} pairs compared, {counts['links']:,} links, {counts['golden_records']:,} golden records.")
        parts.append(table(["stage (of the last run)", "seconds"], [[stage, f"{seconds:.2f}"] for stage, seconds in manifest["seconds"].items()]))
    text = "\n\n".join(parts)
    print(text)
    if args.write:
        fill(ROOT / "docs" / "performance.md", "performance", text)


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
