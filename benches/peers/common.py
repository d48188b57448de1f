"""What the scripts share: one table with neutral columns, running a process under the clock, measuring pairs against the truth."""
import csv
import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The one table that alike and all peers read: columns by the neutral names of alike's fields.
COLUMNS = ["record_id", "first_name", "last_name", "company", "email", "phone", "mobile", "street_and_number", "postcode", "city",
           "country", "birth_date", "vat_number"]

# The tables of `alike sample`: their separator, the order of year, month and day, and where each neutral column stands.
SOURCES = {
    "business_central": (";", "dmy", {
        "first_name": "Voornaam", "last_name": "Tussenvoegsel Achternaam", "company": "Bedrijfsnaam", "email": "E-mail",
        "phone": "Telefoonnr.", "mobile": "Mobiel telefoonnr.", "street_and_number": "Adres", "postcode": "Postcode",
        "city": "Plaats", "country": "Land-/regiocode", "vat_number": "Btw-nr.", "record_id": "Nr."}),
    "salesforce": (",", "ymd", {
        "first_name": "FirstName", "last_name": "LastName", "company": "Account Name", "email": "Email", "phone": "Phone",
        "mobile": "MobilePhone", "street_and_number": "MailingStreet", "postcode": "MailingPostalCode", "city": "MailingCity",
        "country": "MailingCountry", "birth_date": "Birthdate", "record_id": "Id"}),
    "google": (",", "ymd", {
        "first_name": "First Name", "last_name": "Last Name", "company": "Organization Name", "email": "E-mail 1 - Value",
        "phone": "Phone 1 - Value", "mobile": "Phone 2 - Value", "street_and_number": "Address 1 - Street",
        "postcode": "Address 1 - Postal Code", "city": "Address 1 - City", "country": "Address 1 - Country",
        "birth_date": "Birthday", "record_id": "Contact ID"}),
    "faktura": (";", "dmy", {
        "first_name": "Vorname", "last_name": "Nachname", "company": "Firma", "email": "E-Mail", "phone": "Telefon",
        "mobile": "Mobil", "street_and_number": "Straße Hausnummer", "postcode": "PLZ", "city": "Ort", "country": "Land",
        "birth_date": "Geburtsdatum", "vat_number": "USt-IdNr.", "record_id": "Kundennummer"}),
    "webshop": (",", "ymd", {
        "company": "company", "email": "email", "phone": "telephone", "street_and_number": "street", "postcode": "postcode",
        "city": "city", "country": "country_code", "birth_date": "date_of_birth", "record_id": "customer_id"}),
}


def one_table(folder, out):
    """Puts the tables of a sample one under the other; returns (data, truth). Cells stay as they are, but dates are ISO."""
    data, truth = out / "contacts.csv", out / "truth.csv"
    with open(data, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for source, (separator, order, columns) in SOURCES.items():
            with open(folder / "exports" / f"{source}.csv", newline="", encoding="utf-8-sig") as table:
                for row in csv.DictReader(table, delimiter=separator):
                    writer.writerow(cells(source, row, columns, order))
    with open(folder / "truth.csv", newline="") as file, open(truth, "w", newline="") as to:
        writer = csv.writer(to)
        writer.writerow(["record_id", "entity_id"])
        writer.writerows([f"{row['source']}-{row['record_id']}", row["entity_id"]] for row in csv.DictReader(file))
    return data, truth


def cells(source, row, columns, order):
    def cell(name):
        headings = columns.get(name, "")
        if headings in row:
            return row[headings]
        return " ".join(row[part] for part in headings.split(" ") if row.get(part))
    found = {name: cell(name) for name in COLUMNS}
    found["record_id"] = f"{source}-{found['record_id']}"
    if order == "dmy" and found["birth_date"]:
        found["birth_date"] = "-".join(reversed(found["birth_date"].replace(".", "-").split("-")))
    # One column holds firms and people in these two.
    if source == "webshop" and row["name"] != row["company"]:
        found["first_name"], _, found["last_name"] = row["name"].partition(" ")
    if source == "business_central" and row["Soort"] == "Bedrijf":
        found["company"] = row["Naam"]
    return [found[name] for name in COLUMNS]


@dataclass
class Cost:
    """Seconds from start to exit, seconds of processor time, peak resident memory in MiB."""
    wall: float
    cpu: float
    peak: float


def timed(command, env=None):
    """Runs a command; returns its cost and its output. Fails with its message when it fails."""
    start = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env={**os.environ, **(env or {})})
    output = process.stdout.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\nended with {process.returncode}:\n{output[-3000:]}")
    # ru_maxrss counts KiB on Linux, bytes on macOS.
    peak = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak), output


def read_map(path, key, value):
    """Column `value` by column `key`."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        return {row[key]: row[value] for row in csv.DictReader(file)}


def scores(truth, found):
    """Pairwise precision, recall, F1 of clusters over all records of the truth; who is in no cluster is alone."""
    pairs = lambda sizes: sum(n * (n - 1) // 2 for n in sizes)  # noqa: E731
    together = Counter((entity, found.get(record) or f"alone {record}") for record, entity in truth.items())
    clusters, entities = Counter(), Counter()
    for (entity, cluster), n in together.items():
        clusters[cluster] += n
        entities[entity] += n
    right, claimed, true = pairs(together.values()), pairs(clusters.values()), pairs(entities.values())
    precision, recall = right / max(claimed, 1), right / max(true, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-12)


def report(**facts):
    """The last line of a peer's script: what it found out about itself."""
    print(json.dumps(facts))


def write_clusters(path, clusters):
    """Writes (record_id, cluster) rows."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["record_id", "cluster"])
        writer.writerows(clusters)


def columns_of(path):
    """The headings of a table."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        return next(csv.reader(file))


def union(records, links):
    """Connected components of links, as (record, root)."""
    parent = {record: record for record in records}

    def root(record):
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record
    for a, b in links:
        parent[root(a)] = root(b)
    return [(record, root(record)) for record in records]
