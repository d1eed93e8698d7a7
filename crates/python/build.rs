//! Gathers the Python modules that are compiled into the image.
//!
//! They are CPython's own, from RustPython's library crate, as `stdlib.txt` lists
//! them, and this crate's own in `lib/`. A file in `lib/` takes the place of the one
//! of the same name. Everything is compiled to bytecode when the crate is compiled,
//! so that an interpreter starts without parsing its library.

use std::{
    env,
    fs::{self, copy, create_dir_all},
    path::{Path, PathBuf},
};

fn main() {
    let own = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap());
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    let gathered = out.join("lib");
    if gathered.exists() {
        fs::remove_dir_all(&gathered).expect("removing the last build's modules");
    }
    let list = own.join("stdlib.txt");
    let names = fs::read_to_string(&list).expect("reading stdlib.txt");
    for name in names.lines().map(str::trim) {
        if !name.is_empty() && !name.starts_with('#') {
            let from = Path::new(rustpython_pylib::LIB_PATH).join(name);
            assert!(
                from.exists(),
                "stdlib.txt names {name}, which the library does not have"
            );
            gather(&from, &gathered.join(name));
        }
    }
    gather(&own.join("lib"), &gathered);
    let frozen = "rustpython_vm::py_freeze!(dir = \"lib\")\n";
    fs::write(out.join("frozen.rs"), frozen).expect("writing frozen.rs");
    println!("cargo:rerun-if-changed={}", list.display());
    println!("cargo:rerun-if-changed={}", own.join("lib").display());
}

/// Copies a file, or the Python files of a folder and of those in it.
fn gather(from: &Path, to: &Path) {
    if from.is_dir() {
        create_dir_all(to).expect("making a folder");
        for entry in fs::read_dir(from).expect("reading a folder") {
            let entry = entry.expect("reading a folder").path();
            let name = entry.file_name().unwrap();
            if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "py") {
                gather(&entry, &to.join(name));
            }
        }
    } else {
        create_dir_all(to.parent().unwrap()).expect("making a folder");
        copy(from, to).expect("copying a module");
    }
}
