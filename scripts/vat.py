"""How far alike agrees with `python-stdnum` on which VAT numbers of the EU, Great Britain, Switzerland and Norway are right.

Makes valid numbers by drawing digits until the library accepts them, and wrong ones by changing one sign of a valid one; lets
`alike normalize` read them bare (the country from its own column) and with their prefix, and compares `n_vat_valid` with the library's
verdict. The library takes Belgian check digits 00 and 98 for 97 and 01, which no number has; they are not drawn. Needs `pip install python-stdnum` and a build of alike.

    python3 scripts/vat.py [--alike target/debug/alike] [--numbers 60] [--seed 1] [--show 20]
"""

import argparse
import csv
import importlib
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

# Country → module, prefix, and shapes to draw from: 9 = digit, ? = letter, other signs as they stand.
COUNTRIES = {
    "AT": ("stdnum.at.uid", "AT", ["U99999999"]),
    "BE": ("stdnum.be.vat", "BE", ["0999999999", "1999999999"]),
    "BG": ("stdnum.bg.vat", "BG", ["999999999", "9999999999"]),
    "CY": ("stdnum.cy.vat", "CY", ["99999999?"]),
    "CZ": ("stdnum.cz.dic", "CZ", ["99999999", "699999999", "8006299999", "7553199999"]),
    "DE": ("stdnum.de.vat", "DE", ["999999999"]),
    "DK": ("stdnum.dk.cvr", "DK", ["99999999"]),
    "EE": ("stdnum.ee.kmkr", "EE", ["999999999"]),
    "ES": ("stdnum.es.nif", "ES", ["99999999?", "X9999999?", "Y9999999?", "A99999999", "B99999999", "P9999999?", "Q9999999?", "K9999999?", "N9999999?"]),
    "FI": ("stdnum.fi.alv", "FI", ["99999999"]),
    "FR": ("stdnum.fr.tva", "FR", ["99999999999", "9?999999999", "?9999999999"]),
    "GB": ("stdnum.gb.vat", "GB", ["999999999", "999999999999", "GD4999", "HA5999"]),
    "GR": ("stdnum.gr.vat", "EL", ["999999999"]),
    "HR": ("stdnum.hr.oib", "HR", ["99999999999"]),
    "HU": ("stdnum.hu.anum", "HU", ["99999999"]),
    "IE": ("stdnum.ie.vat", "IE", ["9999999?", "9999999?A", "9?99999?"]),
    "IT": ("stdnum.it.iva", "IT", ["99999990999"]),
    "LT": ("stdnum.lt.pvm", "LT", ["999999919", "999999999919"]),
    "LU": ("stdnum.lu.tva", "LU", ["99999999"]),
    "LV": ("stdnum.lv.pvn", "LV", ["49999999999", "99999999999", "01018519999"]),
    "MT": ("stdnum.mt.vat", "MT", ["19999999"]),
    "NL": ("stdnum.nl.btw", "NL", ["999999999B01", "999999999B99"]),
    "PL": ("stdnum.pl.nip", "PL", ["9999999999"]),
    "PT": ("stdnum.pt.nif", "PT", ["599999999", "299999999"]),
    "RO": ("stdnum.ro.cf", "RO", ["99999999", "9999999", "999999999", "9999999999"]),
    "SE": ("stdnum.se.vat", "SE", ["999999999901"]),
    "SI": ("stdnum.si.ddv", "SI", ["99999999"]),
    "SK": ("stdnum.sk.dph", "SK", ["2029999999", "1079999999"]),
    "CH": ("stdnum.ch.uid", "", ["CHE999999999"]),
    "NO": ("stdnum.no.mva", "NO", ["999999999MVA"]),
}
# Draws for one valid number before a shape is given up: the rarest is one in about a thousand.
DRAWS = 20_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def draw(shape, rng):
    return "".join(rng.choice("0123456789") if sign == "9" else rng.choice(LETTERS) if sign == "?" else sign for sign in shape)


def spoilt(number, rng):
    """The number with one sign changed."""
    at = rng.choice([at for at, sign in enumerate(number) if sign.isdigit()])
    other = rng.choice([digit for digit in "0123456789" if digit != number[at]])
    return number[:at] + other + number[at + 1:]


def made(country, count, rng):
    """Right numbers, and wrong ones, by the library."""
    name, _, shapes = COUNTRIES[country]
    library = importlib.import_module(name)
    right, wrong = [], []
    for _ in range(count * DRAWS):
        number = draw(rng.choice(shapes), rng)
        if library.is_valid(number) and not (country == "BE" and number[-2:] in ("00", "98")):
            right.append(number)
            if len(right) == count:
                break
    while len(wrong) < count:
        number = spoilt(rng.choice(right), rng)
        if not library.is_valid(number):
            wrong.append(number)
    return right, wrong


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--alike", default="target/debug/alike")
    arguments.add_argument("--numbers", type=int, default=60)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--show", type=int, default=20)
    options = arguments.parse_args()
    rng = random.Random(options.seed)
    rows = []
    for country, (_, prefix, _) in COUNTRIES.items():
        for numbers, valid in zip(made(country, options.numbers, rng), (True, False)):
            for number in numbers:
                rows.append((country, number, valid))
                rows.append((country if not prefix else "", prefix + number, valid))
    with tempfile.TemporaryDirectory() as folder:
        given, result = Path(folder, "vat.csv"), Path(folder, "out.csv")
        with given.open("w", newline="") as file:
            out = csv.writer(file)
            out.writerow(["id", "vat_number", "country_code"])
            out.writerows((at, number, country) for at, (country, number, _) in enumerate(rows))
        subprocess.run([options.alike, "normalize", given, "-o", result, "--quiet"], check=True)
        agreed, asked, shown = Counter(), Counter(), 0
        with result.open(newline="") as file:
            for at, (row, (country, number, valid)) in enumerate(zip(csv.DictReader(file), rows, strict=True)):
                # Rows with a prefix state no country of their own.
                group = country or rows[at - 1][0]
                asked[group, valid] += 1
                good = row["n_vat_valid"] == str(valid).lower()
                agreed[group, valid] += good
                if not good and shown < options.show:
                    shown += 1
                    print(f"{group} {number!r}: alike {row['n_vat_number']!r} {row['n_vat_valid'] or 'unknown'}, library {valid}")
    print(f"{len(rows)} numbers, {len(COUNTRIES)} countries\n{'':6}{'right ones':>14}{'wrong ones':>14}")
    for country in COUNTRIES:
        print(f"{country:6}" + "".join(f"{agreed[country, valid]:>8}/{asked[country, valid]:<5}" for valid in (True, False)))
    share = sum(agreed.values()) / sum(asked.values())
    print(f"agreement {share:.2%}")
    # What the project promises.
    return 0 if share >= 0.995 else 1


if __name__ == "__main__":
    sys.exit(main())
