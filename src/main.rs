//! The module of the experiments: it mounts their page.
//!
//! Every process is an instance of the same module, so `main` runs there as well; it
//! does nothing in processes.

fn main() {
    if manyhands::is_main() {
        manyhands_page::mount_experiments();
    }
}
