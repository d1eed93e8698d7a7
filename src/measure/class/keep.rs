//! The files of a class outlive a reload: the tab keeps them, with their names, until it is closed.

use super::super::browser;
use super::collect::Collected;

/// Has a line for each file: its hash and its name. Each text has a name of its own, so that a
/// file is written once.
const LIST: &str = "manyhands class";

fn name_of(hash: &str) -> String {
    format!("{LIST} {hash}")
}

/// The names and the texts of the files that the tab keeps.
pub fn kept() -> Vec<(String, String)> {
    let list = browser::tab_text(LIST).unwrap_or_default();
    let files = list.lines().filter_map(|line| {
        let (hash, name) = line.split_once(' ')?;
        Some((name.to_owned(), browser::tab_text(&name_of(hash))?))
    });
    files.collect()
}

/// Lets the tab keep these files and no others. Returns how many it has no room for.
pub fn keep(collected: &Collected) -> usize {
    let hash = |hash: u64| format!("{hash:016x}");
    let items = &collected.items;
    let earlier = browser::tab_text(LIST).unwrap_or_default();
    for old in earlier.lines().filter_map(|line| line.split_once(' ')) {
        if !items.iter().any(|item| hash(item.hash) == old.0) {
            browser::keep_in_tab(&name_of(old.0), None);
        }
    }
    let mut list = String::new();
    let mut without_room = 0;
    for item in items {
        let hash = hash(item.hash);
        let is_kept = browser::tab_text(&name_of(&hash)).is_some()
            || browser::keep_in_tab(&name_of(&hash), Some(&item.text));
        without_room += usize::from(!is_kept);
        list += &format!("{hash} {}\n", item.name.replace('\n', " "));
    }
    browser::keep_in_tab(
        LIST,
        Some(&list)
            .filter(|list| !list.is_empty())
            .map(String::as_str),
    );
    without_room
}
