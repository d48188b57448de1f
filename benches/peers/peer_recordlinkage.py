"""The recordlinkage toolkit on one table: five blocking passes, eight comparisons, its unsupervised ECM classifier, connected components."""
import argparse

import pandas
import recordlinkage

import common


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("clusters")
    args = parser.parse_args()

    table = pandas.read_csv(args.data, dtype=str, keep_default_na=False).set_index("record_id")
    for name in ["first_name", "last_name", "company", "email", "street_and_number", "city"]:
        table[name] = table[name].str.lower().str.strip()
    for name in ["phone", "mobile"]:
        table[name] = table[name].str.replace(r"\D", "", regex=True).str[-8:]
    table["postcode"] = table["postcode"].str.upper().str.replace(r"\W", "", regex=True)
    table = table.where(table != "", None)

    index = recordlinkage.Index()
    for key in [["email"], ["mobile"], ["phone", "last_name"], ["first_name", "last_name"], ["last_name", "postcode"]]:
        index.block(key)
    # Rows without a value are nobody's pair.
    pairs = index.index(table)
    compare = recordlinkage.Compare()
    compare.string("first_name", "first_name", method="jarowinkler", threshold=0.88, label="first_name")
    compare.string("last_name", "last_name", method="jarowinkler", threshold=0.88, label="last_name")
    compare.string("company", "company", method="jarowinkler", threshold=0.9, label="company")
    compare.string("street_and_number", "street_and_number", method="jarowinkler", threshold=0.9, label="street")
    for name in ["email", "phone", "mobile", "postcode", "birth_date"]:
        compare.exact(name, name, label=name)
    features = compare.compute(pairs, table).astype(int)
    links = recordlinkage.ECMClassifier(binarize=None).fit_predict(features)
    common.write_clusters(args.clusters, common.union(table.index, links))
    common.report(pairs_compared=len(pairs))


if __name__ == "__main__":
    main()
