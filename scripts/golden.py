"""Golden-field accuracy: are the values of the proposed merges those of the uncorrupted records?

`alike evaluate --golden` tells the same; this is the independent judge that it is held against.
Judged are the proposals of the lanes `auto` and `review` whose records are truly one entity.
"""
import csv
import re
import unicodedata
from collections import Counter, defaultdict

# Spellings of countries in the generated contacts.
COUNTRIES = {
    "NL": "nl nld nederland netherlands thenetherlands niederlande paysbas",
    "BE": "be bel belgie belgium belgique belgien",
    "DE": "de deu deutschland germany duitsland allemagne",
    "GB": "gb gbr uk unitedkingdom england greatbritain",
    "US": "us usa unitedstates unitedstatesofamerica",
    "FR": "fr fra france frankrijk frankreich",
    "ES": "es esp spain espana spanje",
    "PL": "pl pol poland polska polen",
}
ISO = {spelling: iso for iso, spellings in COUNTRIES.items() for spelling in spellings.split()}
# Country calling code, and whether national numbers begin with a 0 that is dropped abroad.
DIALLING = {"NL": ("31", True), "BE": ("32", True), "DE": ("49", True), "GB": ("44", True), "FR": ("33", True),
            "US": ("1", False), "ES": ("34", False), "PL": ("48", False)}
CHOSEN_LANES = ("auto", "review")
# A cell is right, wrong or blank; attainable, when choosing well among the members' cells could make it right.
VERDICTS = ("right", "wrong", "blank", "attainable")


def read(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def bare(text):
    """Without case, blanks and punctuation; accents stay."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text).casefold())


def restored(cell):
    """A cell as it was before a leading ' kept spreadsheets from running it."""
    return cell[1:] if re.match(r"''*[=+\-@\t\r\n＝＋－＠]", cell) else cell


def as_phone(text, country):
    code, trunk = DIALLING.get(country, ("", False))
    text = text.replace("(0)", "")
    digits = re.sub(r"\D", "", text)
    if not digits:
        return bare(text)
    if text.strip().startswith("+"):
        return digits
    if digits.startswith("00"):
        return digits[2:]
    if country == "US" and len(digits) == 11:
        return digits
    return code + (digits[1:] if trunk and digits.startswith("0") else digits)


def as_date(text):
    found = re.fullmatch(r"\s*(\d{1,2})[-./](\d{1,2})[-./](\d{4})\s*", text)
    return "{2}{1:0>2}{0:0>2}".format(*found.groups()) if found else bare(text)


def form(column, value, country):
    """The form in which two values of a column are compared."""
    if column in ("phone", "mobile"):
        return as_phone(value, country) if value.strip() else ""
    if column in ("birth_date", "date_of_birth"):
        return as_date(value)
    if column == "country":
        folded = bare("".join(c for c in unicodedata.normalize("NFD", value) if not unicodedata.combining(c)))
        return ISO.get(folded, folded)
    return bare(value)


def columns_of_fields(plan, members, rows, columns):
    """Field of the plan → column of the input whose cells its values are.

    Every chosen value is a cell of a merged record, so the column is the one in which it is found.
    """
    fits, asked = defaultdict(Counter), Counter()
    for line in plan:
        value = restored(line["value"])
        if not value:
            continue
        asked[line["field"]] += 1
        for column in columns:
            if any(rows[record].get(column) == value for record in members[line["proposal_id"]]):
                fits[line["field"]][column] += 1
    found = {}
    for field, counts in fits.items():
        column, hits = max(counts.items(), key=lambda item: (item[1], item[0] == field))
        if hits >= 0.9 * asked[field]:
            found[field] = column
    return found


def judge(folder, data, truth, clean, id_column="record_id"):
    """Counts the golden cells of a run by verdict; returns {column: Counter}, and how many proposals were judged."""
    entity = {row["record_id"]: row["entity_id"] for row in read(truth)}
    facts = {row["entity_id"]: row for row in read(clean)}
    rows = {row[id_column]: row for row in read(data)}
    members = defaultdict(list)
    lane = {}
    for row in read(folder / "proposals.csv"):
        members[row["proposal_id"]].append(restored(row["record_id"]))
        lane[row["proposal_id"]] = row["lane"]
    pure = {proposal: entity[records[0]] for proposal, records in members.items()
            if lane[proposal] in CHOSEN_LANES and len({entity[record] for record in records}) == 1}

    plan = [row for row in read(folder / "plan.csv") if row["proposal_id"] in pure]
    judged = [column for column in next(iter(facts.values())) if column not in ("entity_id", "type")]
    columns = columns_of_fields(plan, members, rows, judged)
    chosen = defaultdict(dict)
    for row in plan:
        if row["field"] in columns:
            chosen[row["proposal_id"]][columns[row["field"]]] = restored(row["value"])

    counts = {column: Counter() for column in judged}
    for proposal, name in pure.items():
        fact = facts[name]
        country = fact.get("country", "")
        for column in judged:
            value = form(column, chosen[proposal].get(column, ""), country)
            right = {form(column, one, country) for one in fact[column].split("|")}
            # Mail and telephone are nobody's when the entity has none; a value there came from a member and is wrong.
            verdict = "right" if value in right else "blank" if not value else "wrong"
            counts[column][verdict] += 1
            held = {form(column, rows[record][column], country) for record in members[proposal]} | {""}
            counts[column]["attainable"] += not right.isdisjoint(held)
    return counts, len(pure)


def shares(counts):
    """Right, wrong, blank and attainable over all columns, as shares of the cells."""
    total = sum(counts.values(), Counter())
    cells = sum(total[verdict] for verdict in ("right", "wrong", "blank")) or 1
    return {verdict: total[verdict] / cells for verdict in VERDICTS}
