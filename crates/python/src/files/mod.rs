//! The files of a program: a tree in memory that its processes share, which is there as
//! long as the program runs.
//!
//! In reading order:
//!
//! - `module`: the module `_files`, from which `lib/` makes `open` and `posix`.
//! - `open`: `io.open`.
//! - `arguments`: what these take, and the exceptions that they raise.
//! - `page`: giving a program files before it starts, and taking them out.
//! - `open_file`: files that this process has open.
//! - `process`: how the threads of this process reach the files.
//! - `contents`: reading and writing.
//! - `tree`: paths, and the rules of POSIX.
//! - `volume`: the memory that the processes share.
//! - `state`: the tree of files, and its changes.

mod arguments;
mod contents;
mod module;
mod open;
mod open_file;
mod page;
mod process;
mod state;
mod tree;
mod volume;

use crate::errno;

pub use arguments::bad_descriptor;
pub(crate) use module::module_def;
pub use open_file::OpenFile;
pub use page::Files;
pub use process::{begin, shared};
pub use volume::Shared;

/// The working folder of a program, in which its own file is.
pub const HOME: &str = "/home";
/// The name of the program's own file there.
pub const MAIN: &str = "main.py";
