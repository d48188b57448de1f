"""How close to the floor: polars reads the same files and writes the same outputs, beside alike's total, in one session.

    python3 benches/peers/floor.py [--rows 100000] [--runs 3] [--alike target/release/alike]

What is written is what alike wrote: the script runs alike, loads its output tables, and times reading the sources and writing those.
"""
import argparse
import json
import statistics
import tempfile
from pathlib import Path

import common
from peers import machine, python_of

# What the polars process does. The tables that alike wrote are in memory before the clock starts.
WORK = """
import json, sys, time
import polars as pl
sources, outputs, to = json.loads(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
frames = {}
for path in outputs:
    frames[path] = pl.read_parquet(path) if path.endswith(".parquet") else pl.read_csv(path, infer_schema_length=0)
start = time.monotonic()
for path, separator in sources:
    pl.read_csv(path, infer_schema_length=0, separator=separator, truncate_ragged_lines=True)
read = time.monotonic()
for path, frame in frames.items():
    name = to + "/" + path.rsplit("/", 1)[1]
    frame.write_parquet(name) if path.endswith(".parquet") else frame.write_csv(name)
print(json.dumps([read - start, time.monotonic() - read]))
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3, help="the median is reported")
    parser.add_argument("--alike", type=Path, default=common.ROOT / "target" / "release" / "alike")
    parser.add_argument("--venvs", type=Path, default=common.ROOT / "target" / "peers")
    args = parser.parse_args()
    python = python_of(args.venvs, "polars")
    with tempfile.TemporaryDirectory(prefix="alike-floor-") as scratch:
        scratch = Path(scratch)
        common.timed([args.alike, "sample", "--rows", args.rows, "--seed", args.seed, "-q", "-o", scratch / "sample"])
        files = [scratch / "sample" / "exports" / f"{source}.csv" for source in common.SOURCES]
        totals, floors = [], []
        for at in range(args.runs):
            out = scratch / f"out_{at}"
            cost, _ = common.timed([args.alike, "run", *files, "-q", "-o", out])
            totals.append(cost.wall)
            tables = [str(path) for path in sorted(out.iterdir())
                      if path.suffix in (".csv", ".parquet") and path.stem != "quarantine"]
            again = scratch / f"floor_{at}"
            again.mkdir()
            sources = [[str(path), common.SOURCES[path.stem][0]] for path in files]
            _, said = common.timed([python, "-c", WORK, json.dumps(sources), json.dumps(tables), again])
            floors.append(json.loads(said.splitlines()[-1]))
    read, write = (statistics.median(floor[at] for floor in floors) for at in (0, 1))
    total = statistics.median(totals)
    print(f"{machine()}; {args.rows:,} rows of `alike sample --seed {args.seed}`, median of {args.runs}\n")
    print("| | seconds |\n| --- | --: |")
    print(f"| polars reads the five sources | {read:.2f} |\n| polars writes the tables of the run folder | {write:.2f} |")
    print(f"| floor | {read + write:.2f} |\n| alike, end to end | {total:.2f} |\n| alike ÷ floor | {total / (read + write):.1f} |")


if __name__ == "__main__":
    main()
