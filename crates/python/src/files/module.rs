//! `_files`: the calls of POSIX on paths and descriptors, and `open`. `lib/_posix_files.py`
//! gives them the names and arguments that `posix` has.

use super::{
    errno::{self, Errno},
    open::{self, Mode, OpenArgs},
    open_file::OpenFile,
    process,
    tree::{Stat, now},
    volume::Transaction,
};
use crate::{
    descriptors::{self, Descriptor},
    objects::{self, Parcel},
    output,
};
use rustpython_vm as vm;
use std::sync::Arc;
use vm::{
    Py, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyInt, PyType},
    convert::ToPyObject,
    function::FsPath,
};

pub(crate) use _files::module_def;

/// The exception of an error number.
fn class_of(number: i32, vm: &VirtualMachine) -> &'static Py<PyType> {
    let all = &vm.ctx.exceptions;
    match number {
        1 | 13 => all.permission_error,
        2 => all.file_not_found_error,
        3 => all.process_lookup_error,
        4 => all.interrupted_error,
        10 => all.child_process_error,
        11 | 114 | 115 => all.blocking_io_error,
        17 => all.file_exists_error,
        20 => all.not_a_directory_error,
        21 => all.is_a_directory_error,
        32 | 108 => all.broken_pipe_error,
        103 => all.connection_aborted_error,
        104 => all.connection_reset_error,
        110 => all.timeout_error,
        111 => all.connection_refused_error,
        _ => all.os_error,
    }
}

/// An OSError, with the paths that CPython's would have.
pub fn error(error: Errno, paths: &[PyObjectRef], vm: &VirtualMachine) -> PyBaseExceptionRef {
    let number = error as i32;
    let mut arguments = vec![vm.new_pyobj(number), vm.new_pyobj(errno::text(number))];
    match paths {
        [] => {}
        [path] => arguments.push(path.clone()),
        // The third is for Windows only.
        [old, new, ..] => arguments.extend([old.clone(), vm.ctx.none(), new.clone()]),
    }
    match vm.invoke_exception(class_of(number, vm), arguments) {
        Ok(exception) | Err(exception) => exception,
    }
}

/// The error for a number that is no descriptor.
pub fn bad_descriptor(vm: &VirtualMachine) -> PyBaseExceptionRef {
    error(Errno::EBADF, &[], vm)
}

/// A path as it was given, which errors show, and as text.
pub struct Path {
    pub given: PyObjectRef,
    text: String,
}

impl Path {
    fn new(path: PyObjectRef, vm: &VirtualMachine) -> PyResult<Path> {
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

fn file(descriptor: i32, vm: &VirtualMachine) -> PyResult<Arc<OpenFile>> {
    match descriptors::get(descriptor) {
        Some(Descriptor::File(file)) => Ok(file),
        Some(_) => Err(error(Errno::ESPIPE, &[], vm)),
        None if (0..3).contains(&descriptor) => Err(error(Errno::ESPIPE, &[], vm)),
        None => Err(error(Errno::EBADF, &[], vm)),
    }
}

/// What descriptors are that are no files: terminals and pipes.
fn stat_of_other(descriptor: i32) -> Result<Stat, Errno> {
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
    let opened = opened.map_err(|number| error(number, &[path.given.clone()], vm))?;
    Ok(descriptors::add(Descriptor::File(Arc::new(opened))))
}

/// Whether a number is a descriptor.
pub fn is_open(descriptor: i32) -> bool {
    (0..3).contains(&descriptor) || descriptors::get(descriptor).is_some()
}

#[vm::pymodule]
mod _files {
    use super::*;
    use vm::{
        PyRef,
        builtins::{PyBytes, PyDictRef, PyStrRef},
        function::{ArgBytesLike, ArgMemoryBuffer},
    };

    fn on_path<R>(
        path: PyObjectRef,
        vm: &VirtualMachine,
        f: impl FnOnce(&mut Transaction, &str, &str) -> Result<R, Errno>,
    ) -> PyResult<R> {
        let path = Path::new(path, vm)?;
        vm.allow_threads(|| process::run(|all, folder| f(all, folder, &path.text)))
            .map_err(|number| error(number, &[path.given], vm))
    }

    fn on_two_paths<R>(
        old: PyObjectRef,
        new: PyObjectRef,
        vm: &VirtualMachine,
        f: impl FnOnce(&mut Transaction, &str, &str, &str) -> Result<R, Errno>,
    ) -> PyResult<R> {
        let (old, new) = (Path::new(old, vm)?, Path::new(new, vm)?);
        vm.allow_threads(|| process::run(|all, folder| f(all, folder, &old.text, &new.text)))
            .map_err(|number| error(number, &[old.given, new.given], vm))
    }

    /// Calls `f` with the node of a path or a descriptor.
    fn on_node<R>(
        target: PyObjectRef,
        vm: &VirtualMachine,
        f: impl FnOnce(&mut Transaction, u32) -> Result<R, Errno>,
    ) -> PyResult<R> {
        let target = Target::new(target, vm)?;
        let opened = match &target {
            Target::Path(_) => None,
            Target::Descriptor(number) => Some(file(*number, vm)?),
        };
        let result = vm.allow_threads(|| {
            process::run(|all, folder| {
                let node = match (&target, &opened) {
                    (Target::Path(path), _) => all.look_up(folder, &path.text)?,
                    (_, Some(file)) => file.node(),
                    _ => return Err(Errno::EBADF),
                };
                f(all, node)
            })
        });
        result.map_err(|number| error(number, &[target.shown(vm)], vm))
    }

    type StatFields = (u32, u32, u32, u64, f64, f64, u64, u64);

    fn fields(stat: Stat) -> StatFields {
        let seconds = |time: u64| time as f64 / 1e9;
        (
            stat.mode,
            stat.node,
            stat.links,
            stat.size,
            seconds(stat.accessed),
            seconds(stat.modified),
            stat.accessed,
            stat.modified,
        )
    }

    fn tuple(stat: Stat, vm: &VirtualMachine) -> PyObjectRef {
        let (mode, node, links, size, accessed, modified, accessed_ns, modified_ns) = fields(stat);
        let all = vec![
            vm.new_pyobj(mode),
            vm.new_pyobj(node),
            vm.new_pyobj(links),
            vm.new_pyobj(size),
            vm.new_pyobj(accessed),
            vm.new_pyobj(modified),
            vm.new_pyobj(accessed_ns),
            vm.new_pyobj(modified_ns),
        ];
        vm.ctx.new_tuple(all).into()
    }

    // --- Descriptors -----------------------------------------------------------------

    /// A new descriptor of a file.
    #[pyfunction]
    fn open_descriptor(
        path: PyObjectRef,
        flags: u32,
        mode: u32,
        must_be_file: bool,
        vm: &VirtualMachine,
    ) -> PyResult<i32> {
        super::open_descriptor(&Path::new(path, vm)?, flags, mode, must_be_file, vm)
    }

    /// At most so many bytes.
    #[pyfunction]
    fn read(descriptor: i32, length: usize, vm: &VirtualMachine) -> PyResult<PyRef<PyBytes>> {
        if let Some(end) = descriptors::connection(descriptor) {
            let received = vm.allow_threads(|| Parcel::receive(&end.get()?));
            return match received {
                Ok(parcel) => Ok(vm.ctx.new_bytes(parcel.open())),
                Err(manyhands::Error::EOFError) => Ok(vm.ctx.new_bytes(Vec::new())),
                Err(error) => Err(crate::error::exception(&error, vm)),
            };
        }
        let file = file(descriptor, vm)?;
        let mut bytes = vec![0; length.min(1 << 26)];
        let read = vm.allow_threads(|| file.read(&mut bytes));
        bytes.truncate(read.map_err(|number| error(number, &[], vm))?);
        Ok(vm.ctx.new_bytes(bytes))
    }

    /// Fills a buffer as far as there are bytes; how many there were.
    #[pyfunction]
    fn readinto(descriptor: i32, buffer: ArgMemoryBuffer, vm: &VirtualMachine) -> PyResult<usize> {
        let file = file(descriptor, vm)?;
        file.read(&mut buffer.borrow_buf_mut())
            .map_err(|number| error(number, &[], vm))
    }

    /// At most so many bytes from an offset on.
    #[pyfunction]
    fn pread(descriptor: i32, length: usize, offset: u64, vm: &VirtualMachine) -> PyResult<PyRef<PyBytes>> {
        let file = file(descriptor, vm)?;
        let mut bytes = vec![0; length.min(1 << 26)];
        let read = file.read_at(offset, &mut bytes);
        bytes.truncate(read.map_err(|number| error(number, &[], vm))?);
        Ok(vm.ctx.new_bytes(bytes))
    }

    /// Writes all bytes, to a file, a standard stream or a pipe.
    #[pyfunction]
    fn write(descriptor: i32, bytes: ArgBytesLike, vm: &VirtualMachine) -> PyResult<usize> {
        let bytes = bytes.borrow_buf();
        if let Some(end) = descriptors::connection(descriptor) {
            let message = objects::message(&bytes);
            vm.allow_threads(|| message.send(&end.get()?))
                .map_err(|error| crate::error::exception(&error, vm))?;
        } else if matches!(descriptor, 1 | 2) && descriptors::get(descriptor).is_none() {
            output::write(descriptor == 2, &bytes);
        } else {
            let file = file(descriptor, vm)?;
            vm.allow_threads(|| file.write(&bytes))
                .map_err(|number| error(number, &[], vm))?;
        }
        Ok(bytes.len())
    }

    /// Writes all bytes at an offset.
    #[pyfunction]
    fn pwrite(descriptor: i32, bytes: ArgBytesLike, offset: u64, vm: &VirtualMachine) -> PyResult<usize> {
        let file = file(descriptor, vm)?;
        let bytes = bytes.borrow_buf();
        file.write_at(offset, &bytes)
            .map_err(|number| error(number, &[], vm))?;
        Ok(bytes.len())
    }

    /// Sets the offset, and returns it.
    #[pyfunction]
    fn lseek(descriptor: i32, by: i64, whence: i32, vm: &VirtualMachine) -> PyResult<u64> {
        file(descriptor, vm)?
            .seek(by, whence)
            .map_err(|number| error(number, &[], vm))
    }

    /// Gives an open file another size.
    #[pyfunction]
    fn ftruncate(descriptor: i32, size: i64, vm: &VirtualMachine) -> PyResult<()> {
        let file = file(descriptor, vm)?;
        let size = u64::try_from(size).map_err(|_| error(Errno::EINVAL, &[], vm))?;
        vm.allow_threads(|| file.resize(size))
            .map_err(|number| error(number, &[], vm))
    }

    /// What is known of a descriptor.
    #[pyfunction]
    fn fstat(descriptor: i32, vm: &VirtualMachine) -> PyResult {
        let stat = match descriptors::get(descriptor) {
            Some(Descriptor::File(file)) => file.stat(),
            _ => stat_of_other(descriptor),
        };
        Ok(tuple(stat.map_err(|number| error(number, &[], vm))?, vm))
    }

    /// Another descriptor of what a descriptor stands for; the lowest free one, or `into`.
    #[pyfunction]
    fn dup(descriptor: i32, into: Option<i32>, vm: &VirtualMachine) -> PyResult<i32> {
        let known = descriptors::get(descriptor).ok_or_else(|| bad_descriptor(vm))?;
        Ok(match into {
            None => descriptors::add(known),
            Some(into) if into == descriptor => into,
            Some(into) => {
                descriptors::replace(into, known);
                into
            }
        })
    }

    /// Whether a number is a descriptor.
    #[pyfunction]
    fn is_open(descriptor: i32) -> bool {
        super::is_open(descriptor)
    }

    // --- Paths -----------------------------------------------------------------------

    /// What is known of a path.
    #[pyfunction]
    fn stat(path: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        let stat = on_node(path, vm, |all, node| all.stat(node))?;
        Ok(tuple(stat, vm))
    }

    /// The names in a folder, and for each what `stat` tells.
    #[pyfunction]
    fn list(path: PyObjectRef, vm: &VirtualMachine) -> PyResult<Vec<PyObjectRef>> {
        let names = on_node(path, vm, |all, node| all.list(node))?;
        let pair = |(name, stat)| vm.new_tuple((vm.ctx.new_str(name), tuple(stat, vm))).into();
        Ok(names.into_iter().map(pair).collect())
    }

    /// Makes a folder.
    #[pyfunction]
    fn mkdir(path: PyObjectRef, mode: u32, vm: &VirtualMachine) -> PyResult<()> {
        on_path(path, vm, |all, folder, path| all.make_folder(folder, path, mode))
    }

    /// Removes a file.
    #[pyfunction]
    fn unlink(path: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        on_path(path, vm, |all, folder, path| all.remove(folder, path))
    }

    /// Removes an empty folder.
    #[pyfunction]
    fn rmdir(path: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        on_path(path, vm, |all, folder, path| all.remove_folder(folder, path))
    }

    /// Gives a file another path.
    #[pyfunction]
    fn rename(old: PyObjectRef, new: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        on_two_paths(old, new, vm, |all, folder, old, new| all.rename(folder, old, new))
    }

    /// Gives a file one more path.
    #[pyfunction]
    fn link(old: PyObjectRef, new: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        on_two_paths(old, new, vm, |all, folder, old, new| all.link(folder, old, new))
    }

    /// Sets the permissions of a path or a descriptor.
    #[pyfunction]
    fn chmod(target: PyObjectRef, mode: u32, vm: &VirtualMachine) -> PyResult<()> {
        on_node(target, vm, |all, node| all.set_attributes(node, Some(mode), None))
    }

    /// Sets the times of a path or a descriptor, in ns; both are now if none are given.
    #[pyfunction]
    fn utime(
        target: PyObjectRef,
        accessed: Option<u64>,
        modified: Option<u64>,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let now = now();
        let times = (accessed.unwrap_or(now), modified.unwrap_or(now));
        on_node(target, vm, |all, node| all.set_attributes(node, None, Some(times)))
    }

    /// Gives a file another size.
    #[pyfunction]
    fn truncate(target: PyObjectRef, size: i64, vm: &VirtualMachine) -> PyResult<()> {
        let size = u64::try_from(size).map_err(|_| error(Errno::EINVAL, &[], vm))?;
        on_node(target, vm, |all, node| all.resize(node, size))
    }

    /// The working folder.
    #[pyfunction]
    fn getcwd() -> String {
        process::folder()
    }

    /// Sets the working folder.
    #[pyfunction]
    fn chdir(path: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let path = on_path(path, vm, |all, folder, path| all.folder_path(folder, path))?;
        process::set_folder(path);
        Ok(())
    }

    /// The text for an error number.
    #[pyfunction]
    fn strerror(number: i32) -> String {
        errno::text(number)
    }

    /// The names and numbers of errors.
    #[pyfunction]
    fn error_numbers(vm: &VirtualMachine) -> Vec<PyObjectRef> {
        let pair = |(number, name, _): &(i32, &str, &str)| vm.new_tuple((*name, *number)).into();
        errno::ALL.iter().map(pair).collect()
    }

    // --- open ------------------------------------------------------------------------

    /// The flags with which a raw file of a mode is opened, and its mode as it shows it.
    #[pyfunction]
    fn mode_flags(mode: PyStrRef, vm: &VirtualMachine) -> PyResult<(u32, String)> {
        let mode = Mode::parse(&mode.to_string()).map_err(|text| vm.new_value_error(text))?;
        Ok((mode.flags(), mode.raw()))
    }

    /// Opens a file as `io.open` does. It is not written in Python, so that it does not
    /// show in tracebacks.
    #[pyfunction]
    fn open(args: OpenArgs, vm: &VirtualMachine) -> PyResult {
        open::open(args, vm)
    }

    /// What was opened for writing, by its descriptor: weak references. What is still
    /// open when the process ends is flushed.
    #[pyattr]
    fn opened(vm: &VirtualMachine) -> PyDictRef {
        vm.ctx.new_dict()
    }

    /// Sets which permissions new files do not get; returns what it was.
    #[pyfunction]
    fn umask(new: u32) -> u32 {
        open::set_umask(new)
    }
}
