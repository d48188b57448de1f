# The short names of what CONTRIBUTING.md explains. `just` alone lists them.

default:
    @just --list

# Does it compile, is it formatted, is it free of warnings.
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

# All tests.
test:
    cargo test

# Speed of comparisons, stages and whole runs on generated contacts; ALIKE_BENCH_1M=1 adds a run on a million.
bench *args:
    cargo bench {{args}}

# alike and its peers in turn on the same file, and the floor; see benches/peers/README.md.
peers *args:
    cargo build --release
    python3 benches/peers/peers.py {{args}}
    python3 benches/peers/floor.py

# The sample exports, end to end, and how well they were matched.
sample:
    cargo run --release -- run sample-data/exports/*.csv -o alike-out-sample
    cargo run --release -- evaluate alike-out-sample --truth sample-data/truth.csv

# Precision, recall and golden-field accuracy on public data, checked against an independent scorer (see docs/accuracy.md).
accuracy *args:
    python3 scripts/accuracy.py {{args}}

# Agreement of telephone numbers with Python's phonenumbers, of VAT numbers with python-stdnum, and of whole addresses with labels of
# 240 countries (dev build).
normalized:
    cargo build
    python3 scripts/phones.py
    python3 scripts/vat.py
    python3 scripts/addresses.py

# Wall time, processor time and memory on generated contacts (see docs/performance.md).
performance *args:
    python3 scripts/performance.py {{args}}

# Fuzz targets of readers and kinds of value, ten minutes each (see CONTRIBUTING.md).
fuzz *args:
    python3 scripts/fuzz.py {{args}}

# Rewrites sample-data/ from its script.
sample-data:
    python3 scripts/make_sample_data.py

# Licences, origin and bans of the dependencies.
licences:
    cargo deny --locked check licenses bans sources

# Everything that a change must pass.
ci:
    .ci/run
