//! `io.open`: a raw file, its buffer, and its text.

use super::{
    arguments::{Target, error, is_open, open_descriptor},
    errno::Errno,
    tree::{O_APPEND, O_CREAT, O_EXCL, O_RDWR, O_TRUNC, O_WRONLY},
};
use rustpython_vm as vm;
use std::sync::atomic::{AtomicU32, Ordering};
use vm::{
    FromArgs, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyDictRef, PyStrRef},
};

/// Which permissions new files do not get.
static UMASK: AtomicU32 = AtomicU32::new(0o022);

fn umask_value() -> u32 {
    UMASK.load(Ordering::Relaxed)
}

/// Sets which permissions new files do not get; returns what it was.
pub fn set_umask(new: u32) -> u32 {
    UMASK.swap(new & 0o777, Ordering::Relaxed)
}

/// A class of the module `_io`.
fn class(name: &'static str, vm: &VirtualMachine) -> PyResult {
    vm.import("_io", 0)?.get_attr(name, vm)
}

/// The arguments of `io.open`.
#[derive(FromArgs)]
pub struct OpenArgs {
    #[pyarg(any)]
    file: PyObjectRef,
    #[pyarg(any, optional)]
    mode: Option<PyStrRef>,
    #[pyarg(any, default = -1)]
    buffering: isize,
    #[pyarg(any, default)]
    encoding: Option<PyStrRef>,
    #[pyarg(any, default)]
    errors: Option<PyStrRef>,
    #[pyarg(any, default)]
    newline: Option<PyStrRef>,
    #[pyarg(any, default = true)]
    closefd: bool,
    #[pyarg(any, default)]
    opener: Option<PyObjectRef>,
}

/// What a mode of `open` asks for.
pub struct Mode {
    action: char,
    plus: bool,
    binary: bool,
}

impl Mode {
    /// Reads a mode.
    ///
    /// # Errors
    /// CPython's text.
    pub fn parse(text: &str) -> Result<Mode, String> {
        let invalid = || format!("invalid mode: '{text}'");
        let mut mode = Mode {
            action: ' ',
            plus: false,
            binary: false,
        };
        let mut is_text = false;
        let mut actions = 0;
        for (position, letter) in text.char_indices() {
            if text[..position].contains(letter) {
                return Err(invalid());
            }
            match letter {
                'r' | 'w' | 'a' | 'x' => {
                    mode.action = letter;
                    actions += 1;
                }
                '+' => mode.plus = true,
                'b' => mode.binary = true,
                't' => is_text = true,
                _ => return Err(invalid()),
            }
        }
        if is_text && mode.binary {
            return Err("can't have text and binary mode at once".into());
        }
        match actions {
            1 => Ok(mode),
            0 => Err(
                "Must have exactly one of create/read/write/append mode and at most \
                      one plus"
                    .into(),
            ),
            _ => Err("must have exactly one of create/read/write/append mode".into()),
        }
    }

    /// The mode of the raw file.
    pub fn raw(&self) -> String {
        format!("{}b{}", self.action, if self.plus { "+" } else { "" })
    }

    /// The flags with which the raw file is opened.
    pub fn flags(&self) -> u32 {
        let access = match (self.action, self.plus) {
            (_, true) => O_RDWR,
            ('r', false) => 0,
            _ => O_WRONLY,
        };
        access
            | match self.action {
                'w' => O_CREAT | O_TRUNC,
                'a' => O_CREAT | O_APPEND,
                'x' => O_CREAT | O_EXCL,
                _ => 0,
            }
    }
}

/// Opens a file.
///
/// # Errors
/// As `io.open`.
pub fn open(args: OpenArgs, vm: &VirtualMachine) -> PyResult {
    let text = args
        .mode
        .map_or_else(|| "r".to_owned(), |mode| mode.to_string());
    let mode = Mode::parse(&text).map_err(|text| vm.new_value_error(text))?;
    let given = [
        (args.encoding.is_some(), "an encoding"),
        (args.errors.is_some(), "an errors"),
        (args.newline.is_some(), "a newline"),
    ];
    if let Some((_, name)) = given.iter().find(|(given, _)| mode.binary && *given) {
        let text = format!("binary mode doesn't take {name} argument");
        return Err(vm.new_value_error(text));
    }
    if args.buffering == 0 && !mode.binary {
        return Err(vm.new_value_error("can't have unbuffered text I/O"));
    }
    let raw_class = class("FileIO", vm)?;
    let raw_mode = vm.new_pyobj(mode.raw());
    let raw = match (Target::new(args.file, vm)?, args.opener) {
        (Target::Descriptor(number), _) if !is_open(number) => {
            return Err(error(Errno::EBADF, &[], vm));
        }
        (Target::Path(path), None) => {
            if !args.closefd {
                let text = "Cannot use closefd=False with file name";
                return Err(vm.new_value_error(text));
            }
            let number = open_descriptor(&path, mode.flags(), 0o666 & !umask_value(), true, vm)?;
            let raw = raw_class.call((number, raw_mode), vm)?;
            raw.set_attr("name", path.given, vm)?;
            raw
        }
        (target, opener) => {
            let target = target.shown(vm);
            raw_class.call((target, raw_mode, args.closefd, opener), vm)?
        }
    };
    if args.buffering == 0 {
        return Ok(raw);
    }
    let opened = wrap(
        &raw,
        &mode,
        args.buffering,
        (args.encoding, args.errors, args.newline),
        vm,
    );
    if opened.is_err() {
        let _ = vm.call_method(&raw, "close", ());
    }
    let opened = opened?;
    if !mode.binary {
        opened.set_attr("mode", vm.new_pyobj(text), vm)?;
    }
    Ok(opened)
}

type TextOptions = (Option<PyStrRef>, Option<PyStrRef>, Option<PyStrRef>);

/// The buffer and, in text mode, the text around a raw file.
fn wrap(
    raw: &PyObjectRef,
    mode: &Mode,
    buffering: isize,
    (encoding, errors, newline): TextOptions,
    vm: &VirtualMachine,
) -> PyResult {
    let name = match (mode.plus, mode.action) {
        (true, _) => "BufferedRandom",
        (false, 'r') => "BufferedReader",
        _ => "BufferedWriter",
    };
    let buffer = class(name, vm)?;
    let buffered = match buffering {
        ..=1 => buffer.call((raw.clone(),), vm)?,
        size => buffer.call((raw.clone(), size), vm)?,
    };
    let opened = if mode.binary {
        buffered
    } else {
        let encoding = encoding.unwrap_or_else(|| vm.ctx.new_str("UTF-8"));
        class("TextIOWrapper", vm)?
            .call((buffered, encoding, errors, newline, buffering == 1), vm)?
    };
    if mode.plus || mode.action != 'r' {
        remember(raw, &opened, vm)?;
    }
    Ok(opened)
}

/// Keeps a weak reference to what was opened for writing, under its descriptor.
fn remember(raw: &PyObjectRef, opened: &PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    let number = vm.call_method(raw, "fileno", ())?;
    let all: PyDictRef = vm
        .import("_files", 0)?
        .get_attr("opened", vm)?
        .try_into_value(vm)?;
    all.set_item(&*number, opened.downgrade(None, vm)?.into(), vm)
}
