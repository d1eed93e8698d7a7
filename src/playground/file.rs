//! A file beside the program, and which files a run has made.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use yew::AttrValue;

/// Up to which length files are compared byte by byte.
const COMPARED_BYTES: u32 = 1_000_000;

/// A file of a program.
#[derive(Clone, Debug)]
pub struct File {
    /// May contain folders.
    pub name: AttrValue,
    pub bytes: Uint8Array,
}

impl PartialEq for File {
    fn eq(&self, other: &File) -> bool {
        let [one, another]: [&JsValue; 2] = [self.bytes.as_ref(), other.bytes.as_ref()];
        self.name == other.name && one == another
    }
}

impl File {
    fn has_content_of(&self, other: &File) -> bool {
        let lengths = (self.bytes.length(), other.bytes.length());
        lengths.0 == lengths.1
            && lengths.0 <= COMPARED_BYTES
            && self.bytes.to_vec() == other.bytes.to_vec()
    }
}

/// The files of a run that it has made or changed: `left` without what was `given`.
pub fn made(left: Vec<File>, given: &[File]) -> Vec<File> {
    let was_given = |file: &File| {
        let mut given = given.iter();
        given.any(|one| one.name == file.name && one.has_content_of(file))
    };
    let mut made: Vec<File> = left.into_iter().filter(|file| !was_given(file)).collect();
    made.sort_by(|one, other| one.name.cmp(&other.name));
    made
}
