# Sourced by the other scripts: the versions this project is built with, where
# the tools are kept, and a few words every script uses.

NIGHTLY=nightly-2026-10-15        # the same as in rust-toolchain.toml
STABLE=1.95.0                     # the oldest stable Rust the library supports
WASM_BINDGEN=0.2.129              # the same as in Cargo.toml
TRUNK=0.22.1
WASM_PACK=0.15.1
GECKODRIVER=0.37.1
BINARYEN=132.0.0                  # wasm-opt, from npm

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 1

# One folder per tool and version, outside the checkout, so that every clone
# finds what an earlier one built.
TOOLS=${MANYHANDS_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/manyhands}
for tool in \
    "wasm-bindgen-cli-$WASM_BINDGEN" "trunk-$TRUNK" "wasm-pack-$WASM_PACK" \
    "geckodriver-$GECKODRIVER" "binaryen-$BINARYEN" firefox
do
    PATH="$TOOLS/$tool/bin:$PATH"
done
export PATH

# A RUSTFLAGS variable, even an empty one, would replace the flags that
# .cargo/config.toml gives the WebAssembly target.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS
# The scripts choose the toolchain, by rust-toolchain.toml or by name.
unset RUSTUP_TOOLCHAIN

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# For "env $SHIPPED COMMAND...": what a release build compiles then holds no path of
# this machine. Stable Rust refuses files that hold this setting, so that it cannot
# stand in Cargo.toml yet.
SHIPPED=CARGO_PROFILE_RELEASE_TRIM_PATHS=all

# telling TITLE COMMAND... &: runs a command of cargo's without its output, says
# every 20 seconds how far it is, and shows the output if it fails. Always in the
# background, where a signal to $! ends the command, too.
telling() {
    title=$1; shift
    output=$(mktemp)
    say "$title"
    CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=80 \
        "$@" >"$output" 2>&1 </dev/null &
    command=$!
    trap 'kill "$command" 2>/dev/null || :; rm -f "$output"; exit 130' INT TERM HUP
    seconds=0
    while kill -0 "$command" 2>/dev/null; do
        sleep 1
        seconds=$((seconds + 1))
        [ $((seconds % 20)) = 0 ] || continue
        # Cargo's line of progress: "Building [===>  ] 214/389: syn, serde".
        parts=$(tr '\r' '\n' <"$output" | sed -n 's|.*\] *\([0-9]*\)/\([0-9]*\):.*|\1 of \2 parts|p' |
            tail -n 1)
        say "$title: ${parts:-fetching} ($seconds s)"
    done
    status=0
    wait "$command" || status=$?
    [ "$status" = 0 ] || tr '\r' '\n' <"$output" | grep -v '^ *Building \[' >&2
    rm -f "$output"
    exit "$status"
}
