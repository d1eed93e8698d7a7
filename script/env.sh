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
