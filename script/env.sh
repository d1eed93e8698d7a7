# Read by the other scripts: the versions that this project is built with, the folder of
# the tools, and some functions that all scripts use.

NIGHTLY=nightly-2026-10-15        # the same as in rust-toolchain.toml
STABLE=1.95.0                     # the oldest stable Rust the library supports
WASM_BINDGEN=0.2.129              # the same as in Cargo.toml
TRUNK=0.22.1
WASM_PACK=0.15.1
GECKODRIVER=0.37.1
BINARYEN=132.0.0                  # wasm-opt, from npm
AXE=4.14.1                        # axe-core, from npm, for the tests
EDITOR=src/playground/editor      # the versions of its npm packages are in its lock file

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root" || exit 1

# Prints the first 16 digits of a hash of a file.
hash_of() {
    if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1" | cut -c 1-16
    else shasum -a 256 "$1" | cut -c 1-16
    fi
}
EDITOR_PACKAGES=editor-$(hash_of "$EDITOR/package-lock.json")

# Each tool and version has a folder outside the checkout, so that all clones share the
# tools.
TOOLS=${MANYHANDS_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/manyhands}
for tool in \
    "wasm-bindgen-cli-$WASM_BINDGEN" "trunk-$TRUNK" "wasm-pack-$WASM_PACK" \
    "geckodriver-$GECKODRIVER" "binaryen-$BINARYEN" "$EDITOR_PACKAGES" \
    firefox
do
    PATH="$TOOLS/$tool/bin:$PATH"
done
export PATH

# The script with which the end-to-end tests check the accessibility of each page.
AXE_SCRIPT=$TOOLS/axe-core-$AXE/node_modules/axe-core/axe.min.js

# A variable RUSTFLAGS, even an empty one, would replace the flags that
# .cargo/config.toml sets for the WebAssembly target.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS
# The scripts choose the toolchain themselves, by rust-toolchain.toml or by name.
unset RUSTUP_TOOLCHAIN

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Used as "env $SHIPPED COMMAND...": a release build then contains no path of this
# machine. Stable Rust rejects this setting in Cargo.toml, so it is set here.
SHIPPED=CARGO_PROFILE_RELEASE_TRIM_PATHS=all

# telling TITLE COMMAND... &: runs a command of cargo without showing its output, prints
# its progress every 20 seconds, and shows the output if the command fails. It must be
# started in the background; a signal to $! then ends the command, too.
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
        # Cargo's progress line: "Building [===>  ] 214/389: syn, serde".
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
