//! Compiles the Python modules of the library to bytecode.
//!
//! They are CPython's own, from RustPython's library crate, as `stdlib.txt` lists
//! them, and this crate's own in `lib/`. A file in `lib/` takes the place of the one
//! of the same name. Everything is compiled to bytecode when the crate is compiled,
//! so that an interpreter starts without parsing its library.
//!
//! `library.bin` gets the code of all modules, one after the other, and `library.rs` a list
//! that says which module is where. Nothing is compressed, because the image is when it is
//! sent, and what is compressed twice becomes larger.

use rustpython_compiler::{CompileOpts, Mode, compile, core::marshal};
use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// The files of the modules, by the modules' names.
type Modules = BTreeMap<String, PathBuf>;

fn main() {
    let own = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap());
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    let list = own.join("stdlib.txt");
    let mut modules = Modules::new();
    let names = fs::read_to_string(&list).expect("reading stdlib.txt");
    for name in names.lines().map(str::trim) {
        if !name.is_empty() && !name.starts_with('#') {
            let from = Path::new(rustpython_pylib::LIB_PATH).join(name);
            assert!(
                from.exists(),
                "stdlib.txt names {name}, which the library does not have"
            );
            gather(&from, Path::new(name), &mut modules);
        }
    }
    gather(&own.join("lib"), Path::new(""), &mut modules);

    let (mut library, mut index) = (Vec::new(), String::from("&[\n"));
    for (name, file) in &modules {
        let source = fs::read_to_string(file).expect("reading a module");
        let source = source.strip_prefix('\u{feff}').unwrap_or(&source);
        let code = compile(source, Mode::Exec, name, CompileOpts::default())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let start = library.len();
        marshal::serialize_code(&mut library, &code);
        let mut place = (start as u32).to_le_bytes().to_vec();
        place.extend(((library.len() - start) as u32).to_le_bytes());
        let is_package = file.ends_with("__init__.py");
        writeln!(index, "({name:?}, {is_package}, {place:?}),").unwrap();
    }
    index.push(']');
    fs::write(out.join("library.bin"), library).expect("writing library.bin");
    fs::write(out.join("library.rs"), index).expect("writing library.rs");
    println!("cargo:rerun-if-changed={}", list.display());
    println!("cargo:rerun-if-changed={}", own.join("lib").display());
}

/// Gathers a Python file, or those of a folder and of the folders in it. `to` is its path
/// in the library.
fn gather(from: &Path, to: &Path, modules: &mut Modules) {
    if from.is_dir() {
        for entry in fs::read_dir(from).expect("reading a folder") {
            let entry = entry.expect("reading a folder").path();
            let name = entry.file_name().unwrap();
            if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "py") {
                gather(&entry, &to.join(name), modules);
            }
        }
    } else {
        let module = to.with_extension("");
        let mut parts: Vec<&str> = module.iter().map(|part| part.to_str().unwrap()).collect();
        if parts.last() == Some(&"__init__") {
            parts.pop();
        }
        modules.insert(parts.join("."), from.to_path_buf());
    }
}
