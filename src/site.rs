//! The module of all pages but the experiments: it mounts the one that the address names.

fn main() {
    manyhands_page::mount();
}
