#!/usr/bin/env python3
"""Measures what a run on generated contacts costs: wall time, processor time, memory, stage by stage.

    python3 scripts/performance.py [--rows 100000 …] [--threads 2 …] [--runs 3] [--write]

The generator needs pyarrow. With Python's polars installed, the floor (reading and writing the same file) is measured beside it. See
docs/performance.md for what the figures mean; --write puts the table there.
"""
import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from measuring import ROOT, SHARED, build, fill, machine, make_contacts, revision, table, timed

SEED = 42
FLOOR = ("import polars, sys\n"
         "polars.read_csv(sys.argv[1], infer_schema_length=0).write_csv(sys.argv[2])\n")


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
    lines, stages = [], []
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
            try:
                import polars  # noqa: F401
                lines.append(cost(f"floor: polars reads and writes {rows:,}",
                                  [timed([sys.executable, "-c", FLOOR, files[0], scratch / "floor.csv"]) for _ in range(args.runs)]))
            except ImportError:
                print("no floor: Python has no polars", file=sys.stderr)

    parts = [f"Revision {revision()}, {machine()}; median of {args.runs}.", table(["", "wall", "CPU", "peak memory"], lines)]
    for name, manifest in stages:
        counts = manifest["counts"]
        parts.append(f"{name}: {counts['pairs_compared']:,} pairs compared, {counts['links']:,} links, {counts['golden_records']:,} golden records.")
        parts.append(table(["stage (of the last run)", "seconds"], [[stage, f"{seconds:.2f}"] for stage, seconds in manifest["seconds"].items()]))
    text = "\n\n".join(parts)
    print(text)
    if args.write:
        fill(ROOT / "docs" / "performance.md", "performance", text)


def cost(name, runs):
    return [name, f"{median(runs, 'wall'):.2f} s", f"{median(runs, 'cpu'):.2f} s", f"{median(runs, 'peak_mib'):.0f} MiB"]


if __name__ == "__main__":
    main()
