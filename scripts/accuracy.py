#!/usr/bin/env python3
"""Measures alike on data with known truth, twice: with `alike evaluate` and with an independent scorer.

    python3 scripts/accuracy.py [--only SET …] [--full] [--write]

Builds the release program, runs every set with no settings, and ends with an error when the two scores differ in any digit. Prints
Markdown tables; --write also puts them into docs/accuracy.md. Standard library only, apart from the generated
contacts, whose generator needs pyarrow. See docs/accuracy.md for the data and for what the figures mean.
"""
import argparse
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import golden
from measuring import ROOT, SHARED, build, fill, machine, make_contacts, revision, table, timed

# Generated sets: name, rows, seed, only with --full. Other seeds than any set that is used while working on the program.
GENERATED = [("contacts_100k", 100_000, 42, False), ("contacts_1m", 1_000_000, 42, True)]


class Set:
    """Files to run, the truth about them, and the uncorrupted records where there are some."""

    def __init__(self, name, files, truth, clean=None):
        self.name, self.files, self.truth, self.clean = name, files, truth, clean


def public_sets(data, tools, scratch, full):
    """Yields a function per set, so that only those that are asked for are unpacked or generated."""
    def plain(name, *files, clean=False):
        folder = data / name
        return lambda: Set(name, [folder / file for file in files], folder / "truth.csv", folder / "clean.csv" if clean else None)

    def unpacked(name):
        def make():
            for file in ("data.csv", "truth.csv"):
                with gzip.open(data / name / f"{file}.gz") as packed, open(scratch / f"{name}_{file}", "wb") as out:
                    shutil.copyfileobj(packed, out)
            return Set(name, [scratch / f"{name}_data.csv"], scratch / f"{name}_truth.csv")
        return make

    def generated(name, rows, seed):
        def make():
            files = make_contacts(tools, scratch, rows, seed)
            return files and Set(name, [files[0]], files[1], files[2])
        return make

    yield "febrl3", plain("febrl3", "data.csv", clean=True)
    yield "febrl4", plain("febrl4", "a.csv", "b.csv")
    yield "splink_fake_1000", plain("splink_fake_1000", "data.csv")
    yield "splink_historical_50k", unpacked("splink_historical_50k")
    yield "contacts_20k", plain("contacts_20k", "data.csv", clean=True)
    for name, rows, seed, only_full in GENERATED:
        if full or not only_full:
            yield name, generated(name, rows, seed)


def evaluated(alike, folder, truth, clean=None):
    """What alike says of a run, errors explained."""
    with tempfile.TemporaryDirectory(prefix="alike-errors-") as temporary:
        said = subprocess.run([alike, "evaluate", folder, "--truth", truth, "--errors", Path(temporary) / "errors.csv",
                               *(["--golden", clean] if clean else []), "--json", "-"],
                              check=True, capture_output=True, text=True)
    return json.loads(said.stdout)


def score(alike, tools, item, folder):
    """Both scores of a run; ends the script when they differ."""
    own = evaluated(alike, folder, item.truth, item.clean)
    for column in ("entity_id", "golden_id"):
        said = subprocess.run([sys.executable, tools / "score.py", item.truth, folder / "crosswalk.csv", "--cluster", column],
                              check=True, capture_output=True, text=True)
        independent = json.loads(said.stdout)
        for key in ("true_pairs", "found_pairs", "right_pairs", "pairwise", "b_cubed"):
            if own[column][key] != independent[key]:
                sys.exit(f"{item.name}: the scores of {column} differ in {key}:\n  alike    {own[column][key]}\n  score.py {independent[key]}")
    return own


def golden_values(item, folder, own):
    """Golden cells by verdict; ends the script when alike and golden.py differ in one of them.

    What is attainable alike says alone: text whose encoding was mistaken is mended when it is read, and golden.py reads the
    bytes as they stand, so it may find a little less.
    """
    counts, judged = golden.judge(folder, item.files[0], item.truth, item.clean)
    verdicts = golden.VERDICTS[:3]
    said, independent = {"proposals": own["golden"]["proposals"]}, {"proposals": judged}
    for field in own["golden"]["fields"]:
        column, of = field["column"], counts[field["column"]]
        said[column] = tuple(field["golden"][verdict] for verdict in verdicts)
        independent[column] = tuple(of[verdict] for verdict in verdicts)
        if of["attainable"] > field["attainable"]:
            sys.exit(f"{item.name}: {column} is attainable in {field['attainable']} cells to alike, in {of['attainable']} to golden.py")
        of["attainable"] = field["attainable"]
    for key in said:
        if said[key] != independent[key]:
            sys.exit(f"{item.name}: the golden values of {key} differ:\n  alike     {said[key]}\n  golden.py {independent[key]}")
    return counts, judged


# Simple rules that golden values are held beside.
WAYS = ("majority_vote", "first_row", "most_complete")
# Columns of the table of losses, and the causes they sum up.
LOSSES = {"apart": ("not_in_run", "matched_apart"), "blocking": ("no_shared_key", "key_given_up"), "veto": ("vetoed",),
          "floor": ("below_floor",), "joining point": ("below_threshold",), "clustering": ("cut_in_clustering",),
          "held": ("held",)}


def losses(name, own):
    """Where the true pairs of a set are lost, in shares of all of them; and how far probabilities are off."""
    budget, missed = own["errors"]["budget"], own["errors"]["missed"]
    of = budget["true_pairs"] or 1
    return [name, f"{budget['true_pairs']:,}", digits(budget["compared"] / of),
            *(percent(sum(missed["by_cause"][cause] for cause in causes) / of) for causes in LOSSES.values()),
            f"{budget['believed_by_group']:,}", digits(own["reliability"]["expected_calibration_error"])]


def relations(name, own):
    """What the wrong pairs of a set look most like."""
    wrong = own["errors"]["wrong"]
    by_count = sorted(wrong["by_relation"].items(), key=lambda item: (-item[1], item[0]))
    told = ", ".join(f"{relation.replace('_', ' ')} {count:,}" for relation, count in by_count[:5])
    return [name, f"{wrong['pairs']:,}", f"{wrong['merged']:,}", told or "–"]


def digits(number):
    return f"{number:.4f}"


def percent(share):
    return f"{100 * share:.2f} %"


def sample(alike, scratch):
    """The hand-written cases: ids repeat over sources there, so they are scored by alike alone."""
    folder = scratch / "run_sample-data"
    files = sorted((ROOT / "sample-data" / "exports").glob("*.csv"))
    used = timed([alike, "run", *files, "-o", folder])
    own = evaluated(alike, folder, ROOT / "sample-data" / "truth.csv")
    return row("sample-data", own, used), own


def row(name, own, used):
    entity, auto = own["entity_id"], own["golden_id"]
    return [name, *(digits(entity["pairwise"][key]) for key in ("precision", "recall", "f1")), digits(entity["b_cubed"]["f1"]),
            digits(auto["pairwise"]["precision"]), digits(auto["pairwise"]["recall"]), f"{used.wall:.1f} s", f"{used.peak_mib:.0f} MiB"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=SHARED / "data", help="folder of the data sets")
    parser.add_argument("--tools", type=Path, default=SHARED / "tools", help="folder of score.py and make_contacts.py")
    parser.add_argument("--scratch", type=Path, help="keep runs and generated data here")
    parser.add_argument("--alike", type=Path, help="measure this program instead of building one")
    parser.add_argument("--only", nargs="+", metavar="SET", help="measure these sets only")
    parser.add_argument("--full", action="store_true", help="with a million generated contacts")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/accuracy.md")
    args = parser.parse_args()
    if not (args.tools / "score.py").exists():
        sys.exit(f"no score.py in {args.tools}: name its folder with --tools")

    alike = args.alike.resolve() if args.alike else build()
    with tempfile.TemporaryDirectory(prefix="alike-accuracy-") as temporary:
        scratch = args.scratch or Path(temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        sets = list(public_sets(args.data, args.tools, scratch, args.full))
        names = [name for name, _ in sets] + ["sample-data"]
        unknown = set(args.only or ()) - set(names)
        if unknown:
            sys.exit(f"no such set: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
        wanted = args.only or names
        matching, lost, wrong, values, fields = [], [], [], [], []
        # First, while this script is small: a child's peak memory counts that of its parent at the start.
        if "sample-data" in wanted:
            shutil.rmtree(scratch / "run_sample-data", ignore_errors=True)
            measured, own = sample(alike, scratch)
            matching.append(measured)
            lost.append(losses("sample-data", own))
            wrong.append(relations("sample-data", own))
        for name, make in sets:
            item = make() if name in wanted else None
            if item is None:
                continue
            folder = scratch / f"run_{name}"
            shutil.rmtree(folder, ignore_errors=True)
            used = timed([alike, "run", *item.files, "-o", folder])
            own = score(alike, args.tools, item, folder)
            matching.append(row(name, own, used))
            lost.append(losses(name, own))
            wrong.append(relations(name, own))
            print(" ".join(matching[-1]), file=sys.stderr)
            if item.clean:
                counts, judged = golden_values(item, folder, own)
                share, total = golden.shares(counts), own["golden"]["total"]
                cells = sum(total["golden"].values()) or 1
                values.append([name, f"{judged:,}", *(percent(share[verdict]) for verdict in golden.VERDICTS),
                               *(percent(total[way]["right"] / cells) for way in WAYS),
                               f"{own['golden']['untraceable']:,}"])
                fields += [[f"{name}: {column}", *(f"{count[verdict]:,}" for verdict in golden.VERDICTS)]
                           for column, count in counts.items()]

    parts = [f"Revision {revision()}, {machine()}.", table(
        ["set", "precision", "recall", "F1", "B³ F1", "auto precision", "auto recall", "wall", "peak memory"], matching),
        "Where true pairs are lost, in shares of all of them, and how far probabilities are off:",
        table(["set", "true pairs", "blocking recall", *LOSSES, "by group", "calibration error"], lost),
        "Wrong pairs, and what they look most like:", table(["set", "pairs", "merged", "look like"], wrong)]
    if values:
        parts += ["Golden values of the truly pure proposals:", table(
            ["set", "proposals", *golden.VERDICTS, *(way.replace("_", " ") for way in WAYS), "untraceable"], values),
                  "Cells per field:", table(["field", *golden.VERDICTS], fields)]
    text = "\n\n".join(parts)
    print(text)
    if args.write:
        fill(ROOT / "docs" / "accuracy.md", "accuracy", text)


if __name__ == "__main__":
    main()
