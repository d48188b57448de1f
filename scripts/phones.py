"""How far alike agrees with Python's `phonenumbers` (the port of libphonenumber) on E.164, validity and type.

Makes 5,000 numbers over 30 regions in the ways people write them, runs `alike normalize --default-country` for each region and
compares cell by cell. Needs `pip install phonenumbers` and a build of alike.

    python3 scripts/phones.py [--alike target/debug/alike] [--numbers 5000] [--seed 1] [--show 20]
"""

import argparse
import csv
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import phonenumbers
from phonenumbers import PhoneNumberFormat as Format
from phonenumbers import PhoneNumberType as Type

REGIONS = "NL BE DE FR GB US ES PL IT PT AT CH LU IE DK SE NO FI CZ SK HU RO GR BG HR CA AU BR IN JP".split()

NAMES = {
    Type.FIXED_LINE: "fixed_line", Type.MOBILE: "mobile", Type.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile",
    Type.TOLL_FREE: "toll_free", Type.PREMIUM_RATE: "premium_rate", Type.SHARED_COST: "shared_cost", Type.VOIP: "voip",
    Type.PERSONAL_NUMBER: "personal_number", Type.PAGER: "pager", Type.UAN: "uan", Type.VOICEMAIL: "voicemail",
    Type.UNKNOWN: "unknown",
}
TYPES = [Type.FIXED_LINE, Type.MOBILE, Type.MOBILE, Type.FIXED_LINE, Type.TOLL_FREE, Type.SHARED_COST, Type.VOIP, Type.UAN, Type.PREMIUM_RATE]


def number(region, rng):
    """A number of the region: an example of the library with its last digits drawn again; most of them are valid."""
    example = phonenumbers.example_number_for_type(region, rng.choice(TYPES)) or phonenumbers.example_number(region)
    text = phonenumbers.national_significant_number(example)
    keep = rng.randint(2, max(2, len(text) - 2))
    drawn = text[:keep] + "".join(rng.choice("0123456789") for _ in text[keep:])
    if rng.random() < 0.02:
        drawn = drawn[:-1]
    return phonenumbers.parse(f"+{example.country_code}{drawn}", None)


def written(value, region, rng):
    """The number as somebody would write it, and its extension."""
    style = rng.randrange(9)
    national = phonenumbers.format_number(value, Format.NATIONAL)
    international = phonenumbers.format_number(value, Format.INTERNATIONAL)
    match style:
        case 0:
            return national, ""
        case 1:
            return international, ""
        case 2:
            return phonenumbers.format_number(value, Format.RFC3966), ""
        case 3:
            return phonenumbers.format_number(value, Format.E164), ""
        case 4:
            return national.replace(" ", ".").replace("-", "."), ""
        case 5:
            return "".join(c for c in national if c.isdigit()), ""
        case 6:
            # The trunk zero in brackets, where the region has one.
            trunk = national[:1] == "0" and region not in ("IT",)
            code, _, rest = international.partition(" ")
            return (f"{code} (0){rest}" if trunk else international), ""
        case 7:
            extension = str(rng.randint(10, 9999))
            return f"{national} {rng.choice(['ext.', 'x', 'ext'])} {extension}", extension
        case _:
            return international.replace("+", "00", 1) if region not in ("US", "CA", "AU", "BR", "JP") else international, ""


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--alike", default="target/debug/alike")
    arguments.add_argument("--numbers", type=int, default=5000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--show", type=int, default=20)
    options = arguments.parse_args()
    rng = random.Random(options.seed)
    agreed, compared, shown = Counter(), 0, 0
    each = -(-options.numbers // len(REGIONS))
    with tempfile.TemporaryDirectory() as folder:
        for region in REGIONS:
            rows = []
            while len(rows) < each:
                text, extension = written(number(region, rng), region, rng)
                try:
                    expected = phonenumbers.parse(text, region)
                except phonenumbers.NumberParseException:
                    continue
                # libphonenumber keeps a trunk zero in brackets in some regions; what people mean is the number without it.
                if "(0)" in text and not phonenumbers.is_valid_number(expected):
                    expected = phonenumbers.parse(text.replace("(0)", ""), region)
                rows.append((text, expected, extension))
            given, made = Path(folder, f"{region}.csv"), Path(folder, f"{region}.out.csv")
            with given.open("w", newline="") as file:
                out = csv.writer(file)
                out.writerow(["id", "phone"])
                out.writerows((at, text) for at, (text, _, _) in enumerate(rows))
            command = [options.alike, "normalize", given, "-o", made, "--default-country", region, "--quiet"]
            subprocess.run(command, check=True)
            with made.open(newline="") as file:
                for (text, expected, extension), row in zip(rows, csv.DictReader(file), strict=True):
                    want = {
                        "n_phone": phonenumbers.format_number(expected, Format.E164),
                        "n_phone_valid": str(phonenumbers.is_valid_number(expected)).lower(),
                        "n_phone_type": NAMES[phonenumbers.number_type(expected)],
                        "n_phone_extension": extension,
                    }
                    compared += 1
                    wrong = {name: (value, row[name]) for name, value in want.items() if row[name] != value}
                    agreed["all"] += not wrong
                    for name in want:
                        agreed[name] += name not in wrong
                    if wrong and shown < options.show:
                        shown += 1
                        print(f"{region} {text!r}: {wrong}")
    print(f"{compared} numbers, {len(REGIONS)} regions")
    for name, count in agreed.items():
        print(f"  {name:18} {count / compared:8.3%}")
    # What the project promises.
    return 0 if agreed["all"] / compared >= 0.995 else 1


if __name__ == "__main__":
    sys.exit(main())
