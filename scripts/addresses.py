"""How well `alike normalize` takes whole addresses apart, by country and component.

Reads address components with the label that each country writes (OpenCageData/address-formatting, `cases.jsonl`), hands alike the
label as one line and as a block, and compares what comes out with the components that stand in the label. A street without its type
written out, case and punctuation do not count; a component that the label leaves out is not asked for.

    python3 scripts/addresses.py [--alike target/debug/alike] [--cases FILE] [--show CC] [--least 0]
"""

import argparse
import csv
import json
import re
import subprocess
import tempfile
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

CASES = Path(__file__).resolve().parent.parent.parent / "shared/data/address_formatting/cases.jsonl"

# Names of the same component in the data, the one that labels prefer first.
STREET = ["road", "pedestrian", "residential", "footway", "street"]
CITY = ["city", "town", "village", "municipality", "hamlet", "suburb", "locality"]
CORE = "NL BE DE FR GB US ES PL".split()


def fold(text):
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or text
    return re.sub(r"[^0-9a-z]+", "", plain.lower()) or text.strip()


def expected(case):
    """The components that stand in the label, by our columns."""
    parts, label = case["components"], case["expected"]
    lines = [line.strip() for line in label.strip().split("\n")]
    want = {}
    for key in STREET:
        if key in parts and fold(parts[key]) in fold(label):
            want["n_street"] = parts[key]
            break
    number = parts.get("house_number")
    if number and "n_street" in want and any(fold(number) in fold(line) and fold(want["n_street"]) in fold(line) for line in lines):
        want["n_house_number"] = number
    if parts.get("postcode") and fold(parts["postcode"]) in fold(label):
        want["n_postcode"] = parts["postcode"]
    elif "postcode" in parts and re.search(r"\d", label):
        pass
    for key in CITY:
        # The city must be a line of its own or stand beside the postcode.
        if key in parts and key != "suburb" and any(re.search(rf"(^|[\s,]){re.escape(parts[key])}([\s,]|$)", line) and not (want.get("n_street") and want["n_street"] in line) for line in lines):
            want["n_city"] = parts[key]
            break
    return want


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--alike", default="target/debug/alike")
    arguments.add_argument("--cases", type=Path, default=CASES)
    arguments.add_argument("--show", help="print the errors of these countries (comma-separated, or `all`)", default="")
    options = arguments.parse_args()
    show = options.show.upper().split(",") if options.show else []
    cases = [json.loads(line) for line in options.cases.open()]
    rows = []
    for case in cases:
        if "country_code" not in case["components"] or "abbreviations" in case["file"]:
            continue
        want = expected(case)
        if "n_street" not in want and "n_postcode" not in want:
            continue
        label = case["expected"].strip()
        rows.append((case["components"]["country_code"].upper(), label, want))
    with tempfile.TemporaryDirectory() as folder:
        right, asked = defaultdict(Counter), defaultdict(Counter)
        for form in ("line", "block"):
            given, made = Path(folder, f"{form}.csv"), Path(folder, f"{form}.out.csv")
            with given.open("w", newline="") as file:
                out = csv.writer(file)
                out.writerow(["id", "address_one_line" if form == "line" else "address_block", "country_code"])
                out.writerows((at, label.replace("\n", ", ") if form == "line" else label, code) for at, (code, label, _) in enumerate(rows))
            settings = Path(folder, f"{form}.toml")
            column = "address_one_line" if form == "line" else "address_block"
            settings.write_text(f'[[source]]\nfile = "{given}"\ncolumns = {{ "{column}" = "{column}", "country_code" = "country_code" }}\n')
            subprocess.run([options.alike, "normalize", "-c", settings, "-o", made, "--quiet"], check=True)
            with made.open(newline="") as file:
                for (code, label, want), row in zip(rows, csv.DictReader(file), strict=True):
                    for name, value in want.items():
                        got = row[name] + (row["n_unit"] if name == "n_house_number" else "")
                        good = fold(got) == fold(value) or name == "n_house_number" and fold(row[name]) == fold(value)
                        for group in (code, f"all {form}", "core" if code in CORE else "others"):
                            asked[group][name] += 1
                            right[group][name] += good
                        if not good and (code in show or "ALL" in show):
                            print(f"{code} {form} {name}: {got!r}, not {value!r}, of {label!r}")
    names = ["n_street", "n_house_number", "n_postcode", "n_city"]
    print(f"{len(rows)} addresses, one line and block\n{'':10}" + "".join(f"{name:>16}" for name in names))
    order = sorted(asked, key=lambda group: (len(group) == 2 and group not in CORE, len(group) != 2, group))
    for group in order:
        cells = (f"{right[group][name]}/{asked[group][name]}" if asked[group][name] else "" for name in names)
        print(f"{group:10}" + "".join(f"{cell:>16}" for cell in cells))
    total_right = sum(sum(right[group].values()) for group in ("all line", "all block"))
    total = sum(sum(asked[group].values()) for group in ("all line", "all block"))
    print(f"all components: {total_right / total:.1%}")


if __name__ == "__main__":
    main()
