#!/usr/bin/env python3
"""Runs alike and its peers in turn on one file, and prints what each took and found.

    python3 benches/peers/peers.py                              # 20,000 rows of `alike sample`
    python3 benches/peers/peers.py --rows 1000000 --only alike splink_tuned
    python3 benches/peers/peers.py --data contacts.csv --truth truth.csv

Each peer gets a virtual environment of its own (made when it is not there). See README.md beside this script.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import common

HERE = Path(__file__).resolve().parent
# What is installed for each, pinned to the version the figures are of.
PACKAGES = {
    "splink": ["splink==5.0.0", "duckdb==2.0.1"],
    "goldenmatch": ["goldenmatch==3.22.0"],
    "recordlinkage": ["recordlinkage==0.16"],
    "polars": ["polars"],
}


def python_of(venvs, name):
    """The interpreter of a peer's own environment."""
    folder = venvs / name
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = folder / "installed"
    if not done.exists():
        print(f"installing {' '.join(PACKAGES[name])}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES[name]], check=True)
        done.write_text("\n".join(PACKAGES[name]))
    return python


def machine():
    """The machine, in words."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    model = "unknown processor"
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    return f"{cores} cores, {model}"


def run_alike(args, scratch):
    out = scratch / "alike"
    cost, _ = common.timed([args.alike, "run", f"contacts={args.data}", "-q", "-o", out])
    counts = json.loads((out / "manifest.json").read_text(encoding="utf-8-sig"))["counts"]
    cut = lambda cell: cell[1:] if cell.startswith("'") else cell  # noqa: E731
    found = common.read_map(out / "crosswalk.csv", "record_id", "entity_id")
    return cost, counts["pairs_compared"], {cut(record): entity for record, entity in found.items()}


def run_script(args, scratch, name, peer, *more):
    clusters = scratch / f"{name}.csv"
    python = python_of(args.venvs, peer)
    cost, said = common.timed([python, HERE / f"peer_{peer}.py", args.data, clusters, *more])
    facts = json.loads(said.splitlines()[-1])
    pairs = facts.get("pairs_compared", facts.get("pairs_kept"))
    return cost, pairs, common.read_map(clusters, "record_id", "cluster")


def run_goldenmatch(args, scratch):
    python = python_of(args.venvs, "goldenmatch")
    out = scratch / "goldenmatch"
    # A home of its own and no memory: else a second run differs from the first.
    env = {"HOME": str(scratch), "GOLDENMATCH_AUTOCONFIG_MEMORY": "0"}
    cost, _ = common.timed([python.parent / "goldenmatch", "dedupe", args.data, "--output-clusters", "--output-golden",
                                  "--output-dir", out, "--run-name", "peer", "--format", "csv", "--quiet"], env)
    return cost, None, goldenmatch_clusters(out, args.data)


def goldenmatch_clusters(out, data):
    """Its clusters name rows by their number, from 0, in the file's order."""
    table = next(path for path in sorted(out.iterdir()) if "cluster" in path.name and path.suffix == ".csv")
    with open(data, newline="", encoding="utf-8-sig") as file:
        records = [row["record_id"] for row in csv.DictReader(file)]
    numbers = common.read_map(table, "__row_id__", "__cluster_id__")
    return {records[int(row)]: cluster for row, cluster in numbers.items()}


# Match weights among which the best for Splink is looked for, with the truth in hand; 4.2 is a probability of 0.95.
WEIGHTS = [6, 8, 10, 12, 14, 16, 18, 20, 24]


def best_of_splink(args, scratch, truth):
    """What Splink's tuned clusters would reach at the threshold that the truth would choose; not timed."""
    run_script(args, scratch, "splink_best", "splink", "--tuned", "--weights", *map(str, WEIGHTS))
    of = {weight: common.scores(truth, common.read_map(scratch / f"splink_best.csv.{float(weight)}", "record_id", "cluster"))
          for weight in WEIGHTS}
    return max(of.items(), key=lambda found: found[1][2])


RUNS = {
    "alike": run_alike,
    "splink_plain": lambda args, scratch: run_script(args, scratch, "splink_plain", "splink"),
    "splink_tuned": lambda args, scratch: run_script(args, scratch, "splink_tuned", "splink", "--tuned"),
    "goldenmatch": run_goldenmatch,
    "recordlinkage": lambda args, scratch: run_script(args, scratch, "recordlinkage", "recordlinkage"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="a CSV file with the columns of common.COLUMNS, instead of a sample")
    parser.add_argument("--truth", type=Path, help="its truth: record_id, entity_id")
    parser.add_argument("--only", nargs="+", choices=RUNS, default=list(RUNS))
    parser.add_argument("--alike", type=Path, default=common.ROOT / "target" / "release" / "alike")
    parser.add_argument("--venvs", type=Path, default=common.ROOT / "target" / "peers", help="where the peers are installed")
    args = parser.parse_args()
    if (args.data is None) != (args.truth is None):
        parser.error("--data and --truth go together")
    args.alike = args.alike.resolve()

    with tempfile.TemporaryDirectory(prefix="alike-peers-") as scratch:
        scratch = Path(scratch)
        what = str(args.data)
        if args.data is None:
            common.timed([args.alike, "sample", "--rows", args.rows, "--seed", args.seed, "-q", "-o", scratch / "sample"])
            args.data, args.truth = common.one_table(scratch / "sample", scratch)
            what = f"{args.rows:,} rows of `alike sample --seed {args.seed}` in one table"
        missing = set(common.COLUMNS) - set(common.columns_of(args.data))
        if missing:
            parser.error(f"{args.data} has no column {', '.join(sorted(missing))}")
        args.data = args.data.resolve()
        truth = common.read_map(args.truth, "record_id", "entity_id")
        print(f"{machine()}; {what}\n")
        print("| | wall | × alike | CPU | peak memory | pairs | precision | recall | F1 |\n| --- | --: | --: | --: | --: | --: | --: | --: | --: |")
        base = None
        for name in args.only:
            try:
                cost, pairs, found = RUNS[name](args, scratch)
            except RuntimeError as error:
                print(f"| {name} | failed | | | | | | | |")
                print(error, file=sys.stderr)
                continue
            base = cost.wall if name == "alike" else base
            precision, recall, f1 = common.scores(truth, found)
            ratio = f"{cost.wall / base:.1f}" if base else ""
            shown = f"{pairs:,}" if pairs is not None else "not told"
            print(f"| {name} | {cost.wall:.1f} s | {ratio} | {cost.cpu:.1f} s | {cost.peak:.0f} MiB | {shown} | {precision:.3f} | {recall:.3f} | {f1:.3f} |", flush=True)
            if name == "splink_tuned":
                weight, (precision, recall, f1) = best_of_splink(args, scratch, truth)
                print(f"| at the best weight, {weight}, chosen by the truth | | | | | | {precision:.3f} | {recall:.3f} | {f1:.3f} |", flush=True)


if __name__ == "__main__":
    main()
