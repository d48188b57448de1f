"""Splink on one table: cleaning in SQL, training without labels, clusters at a probability. --tuned adds ten blocking rules and better comparisons."""
import argparse

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

import common

CLEAN = """
create table contacts as
with lowered as (
    select record_id as unique_id,
        nullif(trim(lower(strip_accents(first_name))), '') as first_name,
        nullif(trim(lower(strip_accents(last_name))), '') as last_name,
        nullif(trim(regexp_replace(lower(strip_accents(company)), '[^a-z0-9 ]', '', 'g')), '') as company,
        nullif(trim(lower(email)), '') as email,
        nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 8), '') as phone,
        nullif(right(regexp_replace(mobile, '[^0-9]', '', 'g'), 8), '') as mobile,
        nullif(trim(lower(strip_accents(street_and_number))), '') as street,
        nullif(upper(regexp_replace(postcode, '[^A-Za-z0-9]', '', 'g')), '') as postcode,
        nullif(trim(lower(strip_accents(city))), '') as city,
        nullif(birth_date, '') as birth_date,
        nullif(vat_number, '') as vat_number
    from read_csv(?, header = true, all_varchar = true)
)
select *, regexp_extract(street, '[0-9]+') as house, split_part(company, ' ', 1) as company_word from lowered
"""

# The match probability that its users set.
THRESHOLD = 0.95

# What a first-time user takes from the tutorials.
PLAIN_RULES = [block_on("email"), block_on("last_name", "first_name"), block_on("phone"), block_on("postcode", "last_name")]

# Ten rules after a look at what those miss.
TUNED_RULES = [
    block_on("email"),
    block_on("mobile"),
    block_on("phone", "substr(first_name, 1, 1)"),
    block_on("first_name", "last_name"),
    block_on("last_name", "postcode"),
    block_on("postcode", "house", "substr(first_name, 1, 1)"),
    block_on("birth_date", "substr(last_name, 1, 2)"),
    block_on("birth_date", "first_name"),
    block_on("company", "postcode"),
    block_on("company_word", "city", "substr(last_name, 1, 3)"),
]


def plain():
    return [
        cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("last_name").configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("company", [0.9]),
        cl.EmailComparison("email"),
        cl.ExactMatch("phone"),
        cl.ExactMatch("mobile"),
        cl.JaroWinklerAtThresholds("street", [0.9]),
        cl.ExactMatch("postcode"),
        cl.LevenshteinAtThresholds("birth_date", [1]),
    ]


def tuned():
    given = cl.CustomComparison(output_column_name="first_name", comparison_levels=[
        cll.NullLevel("first_name"),
        cll.ExactMatchLevel("first_name", term_frequency_adjustments=True),
        cll.JaroWinklerLevel("first_name", 0.92),
        cll.CustomLevel("first_name_l = last_name_r or first_name_r = last_name_l", "swapped"),
        cll.CustomLevel("(length(replace(first_name_l, '.', '')) = 1 or length(replace(first_name_r, '.', '')) = 1) "
                        "and substr(first_name_l, 1, 1) = substr(first_name_r, 1, 1)", "initial"),
        cll.JaroWinklerLevel("first_name", 0.7),
        cll.ElseLevel(),
    ])
    # A household shares all of it: one comparison, or it counts three times.
    address = cl.CustomComparison(output_column_name="address", comparison_levels=[
        cll.CustomLevel("(street_l is null and postcode_l is null) or (street_r is null and postcode_r is null)", "missing")
        .configure(is_null_level=True),
        cll.CustomLevel("street_l = street_r and postcode_l = postcode_r", "all"),
        cll.CustomLevel("house_l = house_r and postcode_l = postcode_r", "house and postcode"),
        cll.CustomLevel("postcode_l = postcode_r", "postcode"),
        cll.CustomLevel("jaro_winkler_similarity(street_l, street_r) > 0.9", "street"),
        cll.ElseLevel(),
    ])
    return [
        given,
        cl.JaroWinklerAtThresholds("last_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("company", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        cl.EmailComparison("email").configure(term_frequency_adjustments=True),
        cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        cl.ExactMatch("mobile"),
        address,
        cl.DamerauLevenshteinAtThresholds("birth_date", [1, 2]),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("clusters")
    parser.add_argument("--tuned", action="store_true")
    parser.add_argument("--weights", type=float, nargs="*", default=[],
                        help="cluster at these match weights, too; a file each, named after the weight")
    args = parser.parse_args()

    connection = duckdb.connect()
    connection.execute(CLEAN, [args.data])
    api = DuckDBAPI(connection)
    rules = TUNED_RULES if args.tuned else PLAIN_RULES
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=tuned() if args.tuned else plain(),
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )
    linker = Linker(api.register("contacts"), settings, log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match(
        [block_on("email", "last_name"), block_on("mobile", "first_name")], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7 if args.tuned else 1e6, seed=1)
    sessions = [block_on("email"), block_on("last_name", "first_name")]
    for rule in sessions + ([block_on("mobile")] if args.tuned else []):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    predicted = linker.inference.predict(threshold_match_probability=0.5)
    pairs = connection.execute(f"select count(*) from {predicted.physical_name}").fetchall()[0][0]

    def write(path, **threshold):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, **threshold)
        connection.execute(f"copy (select unique_id as record_id, cluster_id as cluster from {clusters.physical_name}) "
                           f"to '{path}' (header)").fetchall()

    write(args.clusters, threshold_match_probability=THRESHOLD)
    for weight in args.weights:
        write(f"{args.clusters}.{weight}", threshold_match_weight=weight)
    common.report(pairs_kept=pairs)


if __name__ == "__main__":
    main()
