//! The interpreter's library: CPython's own files, but for those that the repository names.

use super::driver;
use crate::page::Page;
use crate::python::{Ran, open_example, run_with_files};
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each module that `stdlib.txt` lists is, in the image, compiled from CPython's file, unless
/// this project has one of the same name; and all that is replaced at run time is listed in
/// `_manyhands_layer.py`.
pub async fn the_python_library_is_cpythons(page: Page) {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/python");
    let library = library_of(&crate_folder);
    let mut files = Map::new();
    let listed = fs::read_to_string(crate_folder.join("stdlib.txt")).expect("stdlib.txt");
    for part in listed.lines().map(str::trim) {
        if !part.is_empty() && !part.starts_with('#') {
            driver::add_files(&mut files, "library/", &library, part);
        }
    }
    let from_cpython = files.len();
    driver::add_files(&mut files, "own/", &crate_folder, "lib");
    let files: Map<String, Value> = files
        .into_iter()
        .map(|(name, text)| (name.replace("own/lib/", "own/"), text))
        .collect();
    let replaced = files.keys().filter(|name| {
        let own = name.strip_prefix("own/");
        own.is_some_and(|own| files.contains_key(&format!("library/{own}")))
    });
    let same = from_cpython - replaced.count();

    let _server = open_example(&page).await;
    let source = include_str!("library.py");
    let ran: Ran = run_with_files(&page, source, "", Value::Object(files)).await;
    let expected = format!("{same} modules are CPython's\n");
    assert_eq!(ran.stream("stdout"), expected, "{}", ran.stream("stderr"));
}

/// The folder of CPython's library in the crate that the image's build takes it from.
fn library_of(crate_folder: &Path) -> PathBuf {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .arg("--manifest-path")
        .arg(crate_folder.join("Cargo.toml"))
        .output()
        .expect("cargo");
    let told: Value = serde_json::from_slice(&told.stdout).expect("cargo metadata");
    let packages = told["packages"].as_array().expect("packages");
    let library = packages
        .iter()
        .find(|package| package["name"] == "rustpython-pylib")
        .expect("the crate with Python's library");
    let manifest = library["manifest_path"].as_str().expect("a path");
    Path::new(manifest).with_file_name("Lib")
}
