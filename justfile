# What one does all day. Plain cargo works for all of it.

# Types and lints, fast
check:
    cargo clippy --all-targets -- -D warnings
    cargo fmt --check

# Licences, sources, duplicates and known vulnerabilities of all dependencies (`cargo install --locked cargo-deny`)
deny:
    cargo deny check

# That it compiles for Windows (needs gcc for it: Debian's gcc-mingw-w64-x86-64)
windows:
    rustup target add x86_64-pc-windows-gnu
    cargo check --target x86_64-pc-windows-gnu

# Every test (`cargo nextest run` is quicker where it is installed)
test:
    cargo test

# A million random keys, clicks, pastes and resizes
monkey:
    STUDIO_MONKEY=1000000 cargo test --lib a_monkey_breaks_nothing

# Accept new golden files and generated docs: read the diff before you commit it
bless:
    STUDIO_BLESS=1 INSTA_UPDATE=always cargo test

# The pictures of README and docs, from the tests' own sessions
pictures:
    STUDIO_BLESS=1 cargo test --lib the_pictures_of_the_docs

# The figures of docs/benchmarks.md
bench:
    cargo bench

# See it work
demo:
    cargo run --release -- demo
