//! `_multiprocessing`, which CPython has in C (`Modules/_multiprocessing/semaphore.c`).

use crate::{
    error::{exception, os_error},
    made,
    names::MAIN,
    objects::NamedSemaphore,
    registry::{self, Place},
    signals::retry,
    time::{Wait, wait},
    waits::Kind,
};
use manyhands::Semaphore;
use rustpython_vm as vm;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering::Relaxed};

pub(crate) use _multiprocessing::module_def;

#[vm::pymodule]
mod _multiprocessing {
    use super::{
        AtomicI32, AtomicU64, Kind, MAIN, NamedSemaphore, Place, Relaxed, Semaphore, Wait,
        exception, made, os_error, registry, retry, vm, wait,
    };
    use vm::{
        Context, FromArgs, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
        builtins::{PyDict, PyType, PyTypeRef},
        function::FuncArgs,
        pyclass,
        stdlib::_thread::get_ident,
        types::Constructor,
        vm::thread::line_in,
    };

    const RECURSIVE_MUTEX: i32 = 0;
    const SEMAPHORE: i32 = 1;

    #[derive(FromArgs)]
    struct NewArguments {
        #[pyarg(any)]
        kind: i32,
        #[pyarg(any)]
        value: i32,
        #[pyarg(any)]
        maxvalue: i32,
        #[pyarg(any)]
        name: String,
        #[pyarg(any)]
        unlink: bool,
    }

    #[derive(FromArgs)]
    struct AcquireArguments {
        #[pyarg(any, default = true)]
        block: bool,
        #[pyarg(any, optional)]
        timeout: Option<PyObjectRef>,
    }

    /// A semaphore that counts how often this process holds it, and knows which thread
    /// acquired it last.
    ///
    /// As in CPython, where the interpreter's lock protects both fields, they are read
    /// apart from each other. That is enough: a thread finds its own identity in `owner`
    /// only if it acquired the semaphore itself and nobody else has since.
    #[pyattr]
    #[pyclass(name = "SemLock", module = "_multiprocessing")]
    #[derive(Debug, PyPayload)]
    struct SemLock {
        semaphore: NamedSemaphore,
        kind: i32,
        maxvalue: i32,
        named: bool,
        count: AtomicI32,
        owner: AtomicU64,
        /// Where the page finds it, if the program made it.
        place: Option<Place>,
    }

    #[pyclass(with(Constructor), flags(BASETYPE))]
    impl SemLock {
        fn is_mine(&self) -> bool {
            self.count.load(Relaxed) > 0 && self.owner.load(Relaxed) == get_ident()
        }

        /// Where the page finds it, if one thread holds it at a time.
        fn lock(&self) -> Option<Place> {
            let is_lock = self.kind == RECURSIVE_MUTEX || self.maxvalue == 1;
            self.place.filter(|_| is_lock)
        }

        fn semaphore(&self, vm: &VirtualMachine) -> PyResult<Semaphore> {
            self.semaphore.get().map_err(|error| exception(&error, vm))
        }

        fn value(&self, vm: &VirtualMachine) -> PyResult<i32> {
            let value = self.semaphore(vm)?.get_value();
            Ok(i32::try_from(value).unwrap_or(i32::MAX))
        }

        #[pymethod]
        fn acquire(
            zelf: &Py<Self>,
            arguments: AcquireArguments,
            vm: &VirtualMachine,
        ) -> PyResult<bool> {
            if zelf.kind == RECURSIVE_MUTEX && zelf.is_mine() {
                zelf.count.fetch_add(1, Relaxed);
                return Ok(true);
            }
            let timeout = arguments.timeout.filter(|timeout| !vm.is_none(timeout));
            let timeout = timeout.map(|timeout| wait(&timeout, vm)).transpose()?;
            let semaphore = zelf.semaphore(vm)?;
            let taken = if semaphore.try_acquire() {
                Ok(true)
            } else if !arguments.block {
                Ok(false)
            } else {
                let timeout = timeout.and_then(Wait::duration);
                let [object, _] = semaphore.id().to_numbers();
                let holder = zelf.lock().and_then(Place::holder);
                retry(vm, Kind::Lock, object, timeout, |left| {
                    let taken = match left {
                        None => semaphore.acquire().map(|()| true),
                        Some(time) => semaphore.acquire_timeout(time),
                    };
                    if let Some(holder) = holder {
                        manyhands::trace::note_end(holder);
                    }
                    taken
                })
            }?;
            if taken {
                zelf.owner.store(get_ident(), Relaxed);
                zelf.count.fetch_add(1, Relaxed);
                if let Some(lock) = zelf.lock() {
                    lock.acquired(line_in(MAIN));
                }
            }
            Ok(taken)
        }

        #[pymethod]
        fn release(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
            if zelf.kind == RECURSIVE_MUTEX {
                if !zelf.is_mine() {
                    return Err(vm.new_assertion_error(
                        "attempt to release recursive lock not owned by thread",
                    ));
                }
                if zelf.count.load(Relaxed) > 1 {
                    zelf.count.fetch_sub(1, Relaxed);
                    return Ok(());
                }
            } else if zelf.value(vm)? >= zelf.maxvalue {
                return Err(vm.new_value_error("semaphore or lock released too many times"));
            }
            let semaphore = zelf.semaphore(vm)?;
            // Before the release, after which another thread may count its own.
            zelf.count.fetch_sub(1, Relaxed);
            if let Some(lock) = zelf.lock() {
                lock.released();
            }
            semaphore.release().map_err(|error| {
                zelf.count.fetch_add(1, Relaxed);
                exception(&error, vm)
            })
        }

        #[pymethod]
        fn __enter__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
            let arguments = AcquireArguments {
                block: true,
                timeout: None,
            };
            Self::acquire(zelf, arguments, vm)
        }

        #[pymethod]
        fn __exit__(zelf: &Py<Self>, _exception: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
            Self::release(zelf, vm)
        }

        #[pymethod]
        fn _count(zelf: &Py<Self>) -> i32 {
            zelf.count.load(Relaxed)
        }

        #[pymethod]
        fn _is_mine(zelf: &Py<Self>) -> bool {
            zelf.is_mine()
        }

        #[pymethod]
        fn _get_value(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<i32> {
            zelf.value(vm)
        }

        #[pymethod]
        fn _is_zero(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
            Ok(zelf.value(vm)? == 0)
        }

        #[pymethod]
        fn _after_fork(zelf: &Py<Self>) {
            zelf.count.store(0, Relaxed);
        }

        #[pygetset]
        fn handle(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
            let address = std::ptr::from_ref(zelf) as usize;
            vm.ctx.new_int(address).into()
        }

        #[pygetset]
        fn kind(zelf: &Py<Self>) -> i32 {
            zelf.kind
        }

        #[pygetset]
        fn maxvalue(zelf: &Py<Self>) -> i32 {
            zelf.maxvalue
        }

        #[pygetset]
        fn name(zelf: &Py<Self>) -> Option<String> {
            zelf.named.then(|| zelf.semaphore.name().to_owned())
        }

        /// The semaphore of this name, which came along with the pickle.
        #[pyclassmethod]
        fn _rebuild(
            cls: PyTypeRef,
            _handle: PyObjectRef,
            kind: i32,
            maxvalue: i32,
            name: Option<String>,
            vm: &VirtualMachine,
        ) -> PyResult {
            let opened = name.as_deref().and_then(NamedSemaphore::open);
            let semaphore = opened.ok_or_else(|| {
                let class = vm.ctx.exceptions.file_not_found_error.to_owned();
                vm.new_exception_msg(class, "the semaphore did not come with its pickle".into())
            })?;
            let shared = semaphore.get().map_err(|error| exception(&error, vm))?;
            let rebuilt = SemLock {
                place: registry::find(shared.id()),
                semaphore,
                kind,
                maxvalue,
                named: true,
                count: AtomicI32::new(0),
                owner: AtomicU64::new(0),
            };
            rebuilt.into_ref_with_type(vm, cls).map(Into::into)
        }

        #[extend_class]
        fn extend_class(ctx: &Context, class: &Py<PyType>) {
            let most = ctx.new_int(i32::MAX).into();
            class.set_attr(ctx.intern_str("SEM_VALUE_MAX"), most);
        }
    }

    impl Constructor for SemLock {
        type Args = NewArguments;

        fn py_new(_cls: &Py<PyType>, new: NewArguments, vm: &VirtualMachine) -> PyResult<Self> {
            if new.kind != RECURSIVE_MUTEX && new.kind != SEMAPHORE {
                return Err(vm.new_value_error("unrecognized kind"));
            }
            let Ok(value) = u32::try_from(new.value) else {
                return Err(os_error(22, &[], vm));
            };
            let semaphore = Semaphore::new(value).map_err(|error| exception(&error, vm))?;
            let kind = match (new.kind, new.maxvalue) {
                (RECURSIVE_MUTEX, _) => registry::Kind::RLock,
                (_, 1) => registry::Kind::Lock,
                _ => registry::Kind::Semaphore,
            };
            let bound = new.maxvalue.cast_unsigned();
            let place = made::here(vm)
                .and_then(|made| registry::add_semaphore(semaphore.id(), kind, bound, &made));
            let named = NamedSemaphore::new(new.name, &semaphore);
            let named = named.map_err(|error| exception(&error, vm))?;
            let semaphore = named.ok_or_else(|| os_error(17, &[], vm))?;
            Ok(SemLock {
                place,
                semaphore,
                kind: new.kind,
                maxvalue: new.maxvalue,
                named: !new.unlink,
                count: AtomicI32::new(0),
                owner: AtomicU64::new(0),
            })
        }
    }

    /// Does nothing: a semaphore's name lasts as long as a `SemLock` uses it.
    #[pyfunction]
    fn sem_unlink(_name: String) {}

    #[pyattr]
    fn flags(vm: &VirtualMachine) -> PyRef<PyDict> {
        vm.ctx.new_dict()
    }
}
