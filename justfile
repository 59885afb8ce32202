# Every command anyone needs here.

# Lists them.
default:
    @just --list

# Serves the demo on 127.0.0.1:8080.
demo:
    cargo run --release -- serve --demo

# Passes the tests, on both databases.
test:
    tests/run

# Runs the faults in full on SQLite, against a release build.
faults:
    cargo build --release
    TUQUAN_TEST_LONG=1 TUQUAN_TEST_BINARY=target/release/tuquan cargo test --test faults -- --test-threads=1 --nocapture --skip postgresql::

# What CI runs.
ci:
    .ci/run

# Lints the document, generates clients, runs them and the examples.
sdk *steps:
    tests/sdk/run {{steps}}

# Sends strangers' requests: sqlite or postgresql, clerk or all, how many an operation.
fuzz *how:
    tests/fuzz/run {{how}}

# Parsers of strangers' bytes under cargo fuzz: how many seconds of processor time each, which of them.
fuzz-parsers *how:
    tests/fuzz/parsers {{how}}

# Formats and lints.
lint:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    cargo clippy --test faults --locked -- -D warnings

# Writes the OpenAPI document anew.
openapi:
    cargo run -- openapi > openapi/openapi.json

# Writes the golden access matrix anew; review the difference.
access:
    TUQUAN_TEST_BLESS=1 cargo test --test api access

# Licences, sources and bans of what comes in.
deny:
    cargo deny --offline check bans licenses sources

# Measures the service beside the bare SQL of the same requests, on a PostgreSQL of its own; needs wrk.
bench *how:
    cargo build --release
    benches/bench.py {{how}}

# How PostgreSQL finds what the five workloads ask for, beside what it did; no large table is gone through.
plans *how:
    cargo build --release
    benches/plans.py {{how}}

# The hot inner parts by themselves.
hot *how:
    cargo bench --manifest-path benches/hot/Cargo.toml --target-dir target/hot {{how}}

# What three fixed requests cost in instructions, beside what they did; needs valgrind.
instructions *how:
    cargo build --release
    benches/instructions.py {{how}}
