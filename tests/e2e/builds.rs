//! Copies of the built site, each in a folder of its own, which tests change and update.

use std::fs;
use std::path::{Path, PathBuf};

/// The built site.
pub fn dist() -> PathBuf {
    let folder = std::env::var_os("MANYHANDS_DIST").unwrap_or_else(|| "dist".into());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let built = folder.join("index.html").is_file();
    assert!(built, "the page is not built: run script/build");
    folder
}

/// A folder with a copy of the built site, which a test may change.
pub fn copy_of_dist(name: &str) -> PathBuf {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&copy);
    copy_folder(&dist(), &copy);
    copy
}

/// Copies a folder with its contents.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The files below a folder, as paths with slashes, relative to it.
pub fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let inside = files_below(&path);
            found.extend(inside.iter().map(|inside| format!("{name}/{inside}")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}

/// The one file of a build whose path contains this.
pub fn only_file(folder: &Path, part: &str) -> PathBuf {
    let all = files_below(folder);
    let found: Vec<_> = all.iter().filter(|path| path.contains(part)).collect();
    assert_eq!(found.len(), 1, "files with {part}: {found:?}");
    folder.join(found[0])
}

/// The name of the build in a folder.
pub fn build_name(folder: &Path) -> String {
    let list = only_file(folder, "assets/files-");
    let name = list.file_stem().unwrap().to_str().unwrap();
    name.trim_start_matches("files-").to_owned()
}

/// Replaces the build in the folder, as an update of a host does: every file with a hash in its
/// name gets another name, and the old files are removed. The contents are the same. `title` is
/// the new page's title while it loads.
pub fn update(folder: &Path, title: &str) {
    let old = build_name(folder);
    let assets = folder.join("assets");
    let mut renamed = Vec::new();
    for entry in fs::read_dir(&assets).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let new = with_other_hash(&name);
        fs::rename(assets.join(&name), assets.join(&new)).unwrap();
        renamed.push((format!("assets/{name}"), format!("assets/{new}")));
    }
    renamed.push((format!("\"{old}\""), format!("\"{}\"", other(&old))));
    renamed.push((
        "<title>Manyhands".into(),
        format!("<title>{title}: Manyhands"),
    ));
    let list = only_file(folder, "assets/files-");
    for file in [
        folder.join("index.html"),
        folder.join("service-worker.js"),
        list,
    ] {
        let mut text = fs::read_to_string(&file).unwrap();
        for (old, new) in &renamed {
            text = text.replace(old, new);
        }
        fs::write(&file, text).unwrap();
    }
}

/// The name with another hash: each digit of the hash is changed.
fn with_other_hash(name: &str) -> String {
    let hash = name
        .split(['-', '_', '.'])
        .find(|part| part.len() >= 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .unwrap_or_else(|| panic!("{name} has a hash in its name"));
    name.replace(hash, &other(hash))
}

fn other(hash: &str) -> String {
    let next = |digit: char| char::from_digit((digit.to_digit(16).unwrap() + 1) % 16, 16);
    hash.chars().map(|digit| next(digit).unwrap()).collect()
}
