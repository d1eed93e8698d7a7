//! Mounts the page. This also runs in every process, which is an instance of
//! the same module, and does nothing there.

fn main() {
    if manyhands::is_main() {
        manyhands_page::mount();
    }
}
