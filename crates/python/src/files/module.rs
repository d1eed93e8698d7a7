//! `_files`: the calls of POSIX on paths and descriptors, and `open`. `lib/_posix_files.py`
//! gives them the names and arguments that `posix` has.

use super::{
    arguments::{self, Path, Target, bad_descriptor, error, file, stat_of_other},
    errno::{self, Errno},
    open::{self, Mode, OpenArgs},
    process,
    tree::{Stat, now},
    volume::Transaction,
};
use crate::{
    descriptors::{self, Descriptor},
    objects, output,
    signals::retry,
    sockets,
    waits::Kind,
};
use rustpython_vm as vm;
use vm::{PyObjectRef, PyResult, VirtualMachine};

pub(crate) use _files::module_def;

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
        arguments::open_descriptor(&Path::new(path, vm)?, flags, mode, must_be_file, vm)
    }

    /// At most so many bytes.
    #[pyfunction]
    fn read(descriptor: i32, length: usize, vm: &VirtualMachine) -> PyResult<PyRef<PyBytes>> {
        if let Some(end) = descriptors::connection(descriptor) {
            let bytes = sockets::read(descriptor, &end, length, vm)?;
            return Ok(vm.ctx.new_bytes(bytes));
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
    fn pread(
        descriptor: i32,
        length: usize,
        offset: u64,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<PyBytes>> {
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
            let mut message = objects::message(&bytes);
            retry(vm, Kind::Room, 0, None, |_| message.send(&end.get()?))?;
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
    fn pwrite(
        descriptor: i32,
        bytes: ArgBytesLike,
        offset: u64,
        vm: &VirtualMachine,
    ) -> PyResult<usize> {
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
        arguments::is_open(descriptor)
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
        on_path(path, vm, |all, folder, path| {
            all.make_folder(folder, path, mode)
        })
    }

    /// Removes a file.
    #[pyfunction]
    fn unlink(path: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        on_path(path, vm, |all, folder, path| all.remove(folder, path))
    }

    /// Removes an empty folder.
    #[pyfunction]
    fn rmdir(path: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        on_path(path, vm, |all, folder, path| {
            all.remove_folder(folder, path)
        })
    }

    /// Gives a file another path.
    #[pyfunction]
    fn rename(old: PyObjectRef, new: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        on_two_paths(old, new, vm, |all, folder, old, new| {
            all.rename(folder, old, new)
        })
    }

    /// Gives a file one more path.
    #[pyfunction]
    fn link(old: PyObjectRef, new: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        on_two_paths(old, new, vm, |all, folder, old, new| {
            all.link(folder, old, new)
        })
    }

    /// Sets the permissions of a path or a descriptor.
    #[pyfunction]
    fn chmod(target: PyObjectRef, mode: u32, vm: &VirtualMachine) -> PyResult<()> {
        on_node(target, vm, |all, node| {
            all.set_attributes(node, Some(mode), None)
        })
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
        on_node(target, vm, |all, node| {
            all.set_attributes(node, None, Some(times))
        })
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
        let mode = Mode::parse(&mode.to_string_lossy()).map_err(|text| vm.new_value_error(text))?;
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
