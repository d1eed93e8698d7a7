//! What the calls of `_files` take, and the exceptions that they raise.

use super::{errno::Errno, open_file::OpenFile, tree::Stat};
use crate::{
    descriptors::{self, Descriptor},
    error::os_error,
};
use rustpython_vm as vm;
use std::sync::Arc;
use vm::{
    PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyInt},
    convert::ToPyObject,
    function::FsPath,
};

/// An OSError, with the paths that CPython's would have.
pub fn error(error: Errno, paths: &[PyObjectRef], vm: &VirtualMachine) -> PyBaseExceptionRef {
    os_error(error as i32, paths, vm)
}

/// The error for a number that is no descriptor.
pub fn bad_descriptor(vm: &VirtualMachine) -> PyBaseExceptionRef {
    error(Errno::EBADF, &[], vm)
}

/// A path as it was given, which errors show, and as text.
pub struct Path {
    pub given: PyObjectRef,
    pub text: String,
}

impl Path {
    pub fn new(path: PyObjectRef, vm: &VirtualMachine) -> PyResult<Path> {
        let path = FsPath::try_from_path_like(path, true, vm)?;
        let text = String::from_utf8(path.as_bytes().to_vec());
        let given = path.to_pyobject(vm);
        match text {
            Ok(text) => Ok(Path { given, text }),
            // No name here is anything but UTF-8.
            Err(_) => Err(error(Errno::ENOENT, &[given], vm)),
        }
    }
}

/// A path or a descriptor.
pub enum Target {
    Path(Path),
    Descriptor(i32),
}

impl Target {
    pub fn new(target: PyObjectRef, vm: &VirtualMachine) -> PyResult<Target> {
        Ok(match target.downcast_ref::<PyInt>() {
            Some(number) => Target::Descriptor(number.try_to_primitive(vm)?),
            None => Target::Path(Path::new(target, vm)?),
        })
    }

    pub fn shown(&self, vm: &VirtualMachine) -> PyObjectRef {
        match self {
            Target::Path(path) => path.given.clone(),
            Target::Descriptor(number) => vm.new_pyobj(*number),
        }
    }
}

/// The file of a descriptor.
///
/// # Errors
/// `ESPIPE` for what is no file, `EBADF`.
pub fn file(descriptor: i32, vm: &VirtualMachine) -> PyResult<Arc<OpenFile>> {
    match descriptors::get(descriptor) {
        Some(Descriptor::File(file)) => Ok(file),
        Some(_) => Err(error(Errno::ESPIPE, &[], vm)),
        None if (0..3).contains(&descriptor) => Err(error(Errno::ESPIPE, &[], vm)),
        None => Err(error(Errno::EBADF, &[], vm)),
    }
}

/// What descriptors are that are no files: terminals and pipes.
pub fn stat_of_other(descriptor: i32) -> Result<Stat, Errno> {
    let mode = match descriptors::get(descriptor) {
        Some(_) => 0o010_600,
        None if (0..3).contains(&descriptor) => 0o020_620,
        None => return Err(Errno::EBADF),
    };
    Ok(Stat {
        mode,
        node: 0,
        links: 1,
        size: 0,
        accessed: 0,
        modified: 0,
    })
}

/// A descriptor of a path, which is no folder if it `must_be_file`.
pub fn open_descriptor(
    path: &Path,
    flags: u32,
    mode: u32,
    must_be_file: bool,
    vm: &VirtualMachine,
) -> PyResult<i32> {
    let opened = vm.allow_threads(|| {
        let file = OpenFile::open(&path.text, flags, mode)?;
        if must_be_file && file.stat()?.is_folder() {
            return Err(Errno::EISDIR);
        }
        Ok(file)
    });
    let opened = opened.map_err(|number| error(number, std::slice::from_ref(&path.given), vm))?;
    Ok(descriptors::add(Descriptor::File(Arc::new(opened))))
}

/// Whether a number is a descriptor.
pub fn is_open(descriptor: i32) -> bool {
    (0..3).contains(&descriptor) || descriptors::get(descriptor).is_some()
}
