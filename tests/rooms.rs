//! The rooms of each crate, which are its files, have no circle: if one uses what another
//! defines, the other does not lead back to it. Parts that need each other belong into one
//! file.
//!
//! What counts is where an item is defined, not where it is named: a module that only hands
//! on an item by `pub use` is not a room on the way. Code for tests is left out.
#![cfg(not(target_arch = "wasm32"))]

use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// Where a module stands in its crate: the names on the way to it.
type Place = Vec<String>;

/// The file and the line that lead from one room to another.
type Arrows = BTreeMap<(Place, Place), (PathBuf, usize)>;

/// What is known of a module after its text was read.
#[derive(Default)]
struct Module {
    /// The room that it belongs to: the module of its file.
    room: Place,
    /// What the names that it imports stand for, and whether it only hands them on.
    names: BTreeMap<String, (Vec<String>, bool)>,
    /// The modules whose every name it imports.
    every: Vec<Vec<String>>,
    /// The paths in its text, with their lines.
    paths: Vec<(Vec<String>, usize)>,
    file: PathBuf,
}

#[derive(Default)]
struct Crate {
    modules: BTreeMap<Place, Module>,
}

impl Crate {
    fn read(src: &Path) -> Self {
        let mut all = Self::default();
        let mut folders = vec![src.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let file = entry.unwrap().path();
                if file.is_dir() {
                    // Each of its files is a program of its own.
                    if file != src.join("bin") {
                        folders.push(file);
                    }
                } else if file.extension().is_some_and(|end| end == "rs") {
                    all.read_file(src, &file);
                }
            }
        }
        all
    }

    fn read_file(&mut self, src: &Path, file: &Path) {
        let mut place: Place = file
            .strip_prefix(src)
            .unwrap()
            .with_extension("")
            .iter()
            .map(|part| part.to_str().unwrap().to_owned())
            .collect();
        if matches!(place.last().map(String::as_str), Some("mod" | "lib")) {
            place.pop();
        }
        let text = fs::read_to_string(file).unwrap();
        let text = syn::parse_file(&text).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        let mut reader = Reader {
            all: self,
            place: place.clone(),
            room: place,
            file,
        };
        reader.module().file = file.to_owned();
        reader.visit_file(&text);
    }

    /// The module that defines what a path, written in the module `from`, stands for; `None`
    /// if it is not of this crate.
    fn defines(&self, from: &Place, path: &[String], depth: usize) -> Option<Place> {
        if depth > 16 {
            return None;
        }
        let module = self.modules.get(from)?;
        let (first, mut rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Place::new(),
            "self" => from.clone(),
            "super" => parent(from)?,
            _ => {
                let found = self.step(from, first, depth);
                let imported = || {
                    let mut every = module.every.iter();
                    every.find_map(|of| {
                        let of = self.defines(from, of, depth + 1)?;
                        self.step(&of, first, depth)
                    })
                };
                found.or_else(imported)?
            }
        };
        while let Some((name, others)) = rest.split_first() {
            rest = others;
            if name == "super" {
                at = parent(&at)?;
                continue;
            }
            match self.step(&at, name, depth) {
                Some(next) => at = next,
                // An item of this module, or what belongs to an item.
                None => break,
            }
        }
        Some(at)
    }

    /// The module that defines `name` of the module `at`, if that is not `at` itself.
    fn step(&self, at: &Place, name: &str, depth: usize) -> Option<Place> {
        let child = child(at, name);
        if self.modules.contains_key(&child) {
            return Some(child);
        }
        let (path, _) = self.modules.get(at)?.names.get(name)?;
        // A name may stand for itself: `use serde; use serde::Serialize;`.
        if path.first().is_some_and(|first| first == name) {
            return None;
        }
        self.defines(at, path, depth + 1)
    }

    /// Which room uses what another defines.
    fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (place, module) in &self.modules {
            for (path, line) in &module.paths {
                // Not an item of a module, but a variable or a field that is called like one.
                if let [name] = path.as_slice()
                    && self.modules.contains_key(&child(place, name))
                {
                    continue;
                }
                let Some(defining) = self.defines(place, path, 0) else {
                    continue;
                };
                let Some(other) = self.modules.get(&defining) else {
                    continue;
                };
                if other.room != module.room {
                    arrows
                        .entry((module.room.clone(), other.room.clone()))
                        .or_insert_with(|| (module.file.clone(), *line));
                }
            }
        }
        arrows
    }
}

fn child(place: &Place, name: &str) -> Place {
    let names = place.iter().map(String::as_str).chain([name]);
    names.map(str::to_owned).collect()
}

fn parent(place: &Place) -> Option<Place> {
    let (_, above) = place.split_last()?;
    Some(above.to_vec())
}

/// Reads the text of one file.
struct Reader<'a> {
    all: &'a mut Crate,
    /// The module that is being read.
    place: Place,
    room: Place,
    file: &'a Path,
}

impl Reader<'_> {
    fn module(&mut self) -> &mut Module {
        let module = self.all.modules.entry(self.place.clone()).or_default();
        module.room.clone_from(&self.room);
        module.file = self.file.to_owned();
        module
    }

    fn path(&mut self, path: Vec<String>, line: usize) {
        self.module().paths.push((path, line));
    }

    fn import(&mut self, tree: &syn::UseTree, before: &[String], handed_on: bool) {
        let with = |name: &syn::Ident| {
            let mut path = before.to_vec();
            path.push(name.to_string());
            path
        };
        match tree {
            syn::UseTree::Path(part) => self.import(&part.tree, &with(&part.ident), handed_on),
            syn::UseTree::Group(group) => {
                for part in &group.items {
                    self.import(part, before, handed_on);
                }
            }
            syn::UseTree::Name(name) if name.ident == "self" => {
                let known = before.last().cloned().unwrap_or_default();
                self.name(known, before.to_vec(), handed_on, name.span());
            }
            syn::UseTree::Name(name) => {
                let path = with(&name.ident);
                self.name(name.ident.to_string(), path, handed_on, name.span());
            }
            syn::UseTree::Rename(name) => {
                let path = with(&name.ident);
                self.name(name.rename.to_string(), path, handed_on, name.span());
            }
            syn::UseTree::Glob(glob) => {
                if !handed_on {
                    self.path(before.to_vec(), glob.span().start().line);
                }
                self.module().every.push(before.to_vec());
            }
        }
    }

    fn name(&mut self, name: String, path: Vec<String>, handed_on: bool, at: proc_macro2::Span) {
        if !handed_on {
            self.path(path.clone(), at.start().line);
        }
        self.module().names.insert(name, (path, handed_on));
    }

    /// Reads the paths in what a macro is given, or is made of.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Vec::new();
        let mut line = 0;
        let mut joined = false;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if !joined {
                        self.end_of_path(&mut path, line);
                    }
                    line = name.span().start().line;
                    path.push(name.to_string());
                    joined = false;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => joined = true,
                TokenTree::Group(group) => {
                    self.end_of_path(&mut path, line);
                    self.tokens(group.stream());
                    joined = false;
                }
                _ => {
                    self.end_of_path(&mut path, line);
                    joined = false;
                }
            }
        }
        self.end_of_path(&mut path, line);
    }

    fn end_of_path(&mut self, path: &mut Vec<String>, line: usize) {
        let path = std::mem::take(path);
        // The `super` of a `pub(super)` uses nothing.
        if path.iter().any(|name| name != "super") {
            self.path(path, line);
        }
    }
}

fn for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string() == "test")
    })
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_some() {
            self.place.push(item.ident.to_string());
            self.module();
            visit::visit_item_mod(self, item);
            self.place.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let handed_on = !matches!(item.vis, syn::Visibility::Inherited);
        self.import(&item.tree, &[], handed_on);
    }

    // `pub(super)` uses nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter().map(|part| part.ident.to_string());
        let line = path.span().start().line;
        self.path(names.collect(), line);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, given: &'ast syn::Macro) {
        self.tokens(given.tokens.clone());
        visit::visit_macro(self, given);
    }
}

/// The sets of rooms that lead to each other.
fn circles(arrows: &Arrows) -> Vec<BTreeSet<&Place>> {
    let mut next: BTreeMap<&Place, Vec<&Place>> = BTreeMap::new();
    for (from, to) in arrows.keys() {
        next.entry(from).or_default().push(to);
    }
    let reached = |from| {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(room) = open.pop() {
            for to in next.get(room).into_iter().flatten() {
                if reached.insert(*to) {
                    open.push(to);
                }
            }
        }
        reached
    };
    let reached: BTreeMap<&Place, _> = next.keys().map(|from| (*from, reached(from))).collect();
    let mut found = Vec::<BTreeSet<&Place>>::new();
    for (room, to) in &reached {
        if to.contains(room) && !found.iter().any(|circle| circle.contains(room)) {
            let leads_back =
                |other: &&&Place| reached.get(**other).is_some_and(|to| to.contains(room));
            found.push(to.iter().filter(leads_back).copied().collect());
        }
    }
    found
}

/// Says which rooms of a crate lead to each other, and where.
fn told(src: &Path) -> String {
    let arrows = Crate::read(src).arrows();
    let mut text = String::new();
    for circle in circles(&arrows) {
        writeln!(text, "{} has a circle:", src.display()).unwrap();
        for ((from, to), (file, line)) in &arrows {
            if circle.contains(from) && circle.contains(to) {
                let (from, to) = (from.join("::"), to.join("::"));
                writeln!(text, "  {from} uses {to} ({}:{line})", file.display()).unwrap();
            }
        }
    }
    text
}

#[test]
fn no_crate_has_a_circle_of_rooms() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = fs::read_dir(root.join("crates")).unwrap();
    let crates = crates.map(|one| one.unwrap().path().join("src"));
    let told: String = crates
        .chain([root.join("src")])
        .map(|src| told(&src))
        .collect();
    assert!(told.is_empty(), "{told}");
}

#[test]
fn a_circle_is_found() {
    let src = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rooms");
    let _ = fs::remove_dir_all(&src);
    fs::create_dir_all(src.join("house")).unwrap();
    for (file, text) in [
        ("lib.rs", "mod house; mod street; pub use house::Door;"),
        // The house hands on the door, and is not on the way to it.
        (
            "house/mod.rs",
            "mod door; mod key; pub use door::Door; pub struct Wall;",
        ),
        (
            "house/door.rs",
            "use super::key::Key; pub struct Door(Key);",
        ),
        (
            "house/key.rs",
            "pub struct Key; impl Key { fn fits(_: crate::street::House) {} }",
        ),
        (
            "street.rs",
            "macro_rules! open { () => { $crate::Door } } pub struct House;",
        ),
    ] {
        fs::write(src.join(file), text).unwrap();
    }
    let told = told(&src);
    assert_eq!(told.lines().count(), 4, "{told}");
    for arrow in [
        "house::door uses house::key",
        "house::key uses street",
        "street uses house::door",
    ] {
        assert!(told.contains(arrow), "{told}");
    }
}
