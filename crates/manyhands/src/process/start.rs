//! Starting processes: options, start methods, warm workers, and killing by pid.
//!
//! This module must not import `pool`, `futures` or `manager`.

use super::{
    child::{self, Child, ChildKind},
    handle::Process,
    sentinel::Sentinel,
    signal,
    start_method::StartMethod,
    target::{Call, Target},
};
use crate::{
    Error,
    error::Reason,
    kernel::{
        arena::{Arena, Memory},
        attachment, blocking, codec,
        current::{self, Identity, Named},
        envelope, host,
        layout::{self, WARM_FAILURE, WARM_TARGET},
        message::Message,
        object_ref, platform, record,
        stack::DEFAULT_STACK,
        table::{Dispositions, NewProcess, Refused, Signal, State},
        trace::{HOST, Op, Pid},
    },
};
use serde::{Serialize, de::DeserializeOwned};
use std::{cell::Cell, sync::Arc};
use wasm_bindgen::JsValue;

/// The most bytes that a thread's stack may have.
const MAX_STACK: u32 = 1 << 30;

thread_local! {
    static METHOD: Cell<StartMethod> = const { Cell::new(StartMethod::Spawn) };
}

/// Sets the start method for this process's later children (Python's
/// `set_start_method`). The default is [`StartMethod::Spawn`].
pub fn set_start_method(method: StartMethod) {
    METHOD.set(method);
}

/// The start method of this process's children (Python's `get_start_method`).
pub fn get_start_method() -> StartMethod {
    METHOD.get()
}

/// Loads warm workers for [`StartMethod::Forkserver`] and waits until `workers` of them
/// are ready. Not in Python.
///
/// A program that was itself loaded in a worker, and not on the page, awaits `prewarm(0)`
/// once. Afterwards it may block, because nothing for which it can wait needs its thread
/// any more.
///
/// # Errors
/// As [`Builder::spawn`], and [`Error::OSError`] when one of them cannot be started, or
/// when not all of them have started after 30 s.
pub async fn prewarm(workers: u32) -> Result<(), Error> {
    host::ensure()?;
    let ready = || current::table().count(&[State::Warm]) >= workers && host::is_connected();
    if ready() {
        return Ok(());
    }
    Arena.store(WARM_FAILURE, 0);
    host::post(Message::Warm { count: workers });
    // The table is polled, since no single word counts the warm workers.
    for _ in 0..6000 {
        if ready() {
            return Ok(());
        }
        let why = match Arena.load(WARM_FAILURE) {
            0 => None,
            number => Some(Reason::from_u32(number - 1)),
        };
        if let Some(why) = why {
            return Err(Error::OSError(match why {
                Reason::OutOfMemory => format!(
                    "the browser has no memory for {workers} workers: end some processes, or \
                     ask for fewer workers"
                ),
                Reason::StartTimedOut => {
                    "a worker did not start in time: something may keep the browser from \
                     starting workers"
                        .into()
                }
                _ => "a worker could not be loaded: the page’s host may not answer, or may not \
                      have this version of the program any more"
                    .into(),
            }));
        }
        platform::pause(5.0).await;
    }
    Err(Error::OSError(format!(
        "not all of the warm workers that were asked for ({workers}) came up: the browser may \
         have no room for so many, or something may keep it from starting workers"
    )))
}

/// Sets the number of warm workers that are kept ready: after each start by
/// [`StartMethod::Forkserver`], workers are loaded until there are as many again, as soon
/// as cores have nothing else to do. The default is 2. As with Python's fork server, the first
/// such start loads them. Not in Python.
///
/// # Errors
/// As [`Builder::spawn`].
pub fn keep_warm(workers: u32) -> Result<(), Error> {
    host::ensure()?;
    Arena.store(WARM_TARGET, workers);
    Ok(())
}

/// Options for a process before it is started.
///
/// ```no_run
/// # fn tidy() {}
/// let process = manyhands::Process::builder().name("tidy").daemon(true).spawn(tidy, ());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Builder {
    name: Option<String>,
    daemon: Option<bool>,
    method: Option<StartMethod>,
    root: bool,
    name_prefix: Option<&'static str>,
    thread: bool,
    stack_size: u32,
    panic_ends_process: bool,
    reuse_worker: bool,
}

impl Process<()> {
    /// Settings for a process that is to be started: name, daemon, method.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl<R: Serialize + DeserializeOwned + 'static> Process<R> {
    /// Starts a process that calls `target` with `arguments`: `()` for none,
    /// the value itself for one, a tuple for several.
    ///
    /// # Errors
    /// See [`Builder::spawn`].
    pub fn spawn<A, M>(
        target: impl Target<A, M, Output = R>,
        arguments: A,
    ) -> Result<Process<R>, Error> {
        Builder::default().spawn(target, arguments)
    }
}

impl Builder {
    /// Sets the name. The default is `Process-N`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets whether the process is a daemon, that is, terminated when its parent
    /// ends. The default is the parent's own setting, as in Python.
    pub fn daemon(mut self, daemon: bool) -> Self {
        self.daemon = Some(daemon);
        self
    }

    /// Sets the start method. The default is [`get_start_method`].
    pub fn start_method(mut self, method: StartMethod) -> Self {
        self.method = Some(method);
        self
    }

    /// Starts the process as the main process of a program, as [`run`] does: it has no
    /// parent, and its children are numbered from 1. Its default name is that of the
    /// process that starts it. Unlike with [`run`], the caller learns its pid and exit
    /// code and can kill it.
    pub fn root(mut self) -> Self {
        self.root = true;
        self
    }

    /// Sets the part before the number in a name that is generated. The default is
    /// `Process`.
    pub(crate) fn name_prefix(mut self, prefix: &'static str) -> Self {
        self.name_prefix = Some(prefix);
        self
    }

    /// Makes it a thread, which runs in this process's memory.
    #[cfg(feature = "threads")]
    pub(crate) fn thread(mut self) -> Self {
        self.thread = true;
        self.name_prefix = Some("Thread");
        self
    }

    /// Sets the size of the thread's stack in bytes, if it is more than the default.
    #[cfg(feature = "threads")]
    pub(crate) fn stack_size(mut self, bytes: u32) -> Self {
        self.stack_size = bytes;
        self
    }

    /// Sets whether a panic in the thread ends the whole process.
    #[cfg(feature = "threads")]
    pub(crate) fn panic_ends_process(mut self, ends: bool) -> Self {
        self.panic_ends_process = ends;
        self
    }

    /// Sets that the thread's worker may run other threads of this process afterwards.
    ///
    /// # Safety
    /// The thread leaves nothing behind that the browser calls later.
    #[cfg(feature = "threads")]
    pub(crate) unsafe fn reuse_worker(mut self) -> Self {
        self.reuse_worker = true;
        self
    }

    /// Starts the process.
    ///
    /// # Errors
    /// - [`Error::NotIsolated`] when the page has no shared memory.
    /// - [`Error::BlockingIOError`] when the limit of living processes is reached.
    /// - [`Error::AssertionError`] in a daemon, which may not have children.
    /// - [`Error::PicklingError`] for an argument that cannot be encoded.
    /// - [`Error::MemoryError`] when the arena has no room for the arguments.
    pub fn spawn<A, M, T: Target<A, M>>(
        self,
        target: T,
        arguments: A,
    ) -> Result<Process<T::Output>, Error> {
        host::ensure()?;
        blocking::check_signal();
        child::clean_up();
        let call = target.call(&arguments)?;
        Ok(Process::new(self.start(&call)?))
    }

    /// Starts a process that makes this call. This is a function of its own because
    /// [`Builder::spawn`] is compiled again for every target.
    fn start(self, call: &Call) -> Result<Arc<Child>, Error> {
        let (identity, parent, owner) = self.identity()?;
        let mut payload = codec::encode(&identity)?.0;
        payload.extend(&call.arguments);
        let handles = attachment::handles(&call.attachments);
        let payload = envelope::seal(&payload, &handles);
        let method = self.method.unwrap_or_else(get_start_method);
        let warm = method == StartMethod::Forkserver && !self.thread;
        let new_process = NewProcess {
            parent,
            process: identity.process.as_ref().map_or(0, |process| process.pid),
            entry: call.entry.index(),
            payload: &payload,
            dispositions: match self.thread {
                true => Dispositions::default(),
                false => signal::dispositions().inherited(),
            },
        };
        object_ref::retain_in_flight(&handles);
        // Before it can begin: its own records come after this one.
        let announce = |pid| record::record(Op::Start, pid, [u32::from(self.thread), 0]);
        let entered = current::table().enter(owner, &new_process, warm, announce);
        let (slot, word, pid, was_warm) = entered.map_err(|refused| {
            object_ref::release_in_flight(&handles);
            match refused {
                Refused::Limit(limit) => Error::BlockingIOError { limit },
                Refused::Memory => current::no_room(payload.len()),
            }
        })?;
        if !was_warm {
            host::post(Message::Spawn {
                slot,
                state: word.0,
                memory: self.memory(),
                // The stack's lowest address is divisible by 16 if its size is.
                stack: self.stack_size.clamp(DEFAULT_STACK, MAX_STACK) & !15,
                reuse: self.reuse_worker,
            });
        }
        if warm {
            host::post(Message::Warm { count: 0 });
        }
        let daemon = self.daemon.unwrap_or(identity.daemon);
        let kind = if self.thread {
            ChildKind::Thread
        } else {
            ChildKind::Process
        };
        let name = identity.name;
        Ok(Child::register(pid, name, daemon, kind, slot, word))
    }

    /// This process's memory if the new one is a thread, else `undefined`.
    fn memory(&self) -> JsValue {
        #[cfg(feature = "threads")]
        if self.thread {
            static FIRST: std::sync::Once = std::sync::Once::new();
            FIRST.call_once(crate::kernel::panic_hook::share);
            return wasm_bindgen::memory();
        }
        JsValue::UNDEFINED
    }

    /// The child's identity, its parent's pid, and the slot of this process, under
    /// which the child's slot is claimed.
    fn identity(&self) -> Result<(Identity, u32, u32), Error> {
        current::with(|current| {
            let Some(current) = current else {
                return Err(Error::OSError("the kernel did not start".into()));
            };
            let me = &current.identity;
            if me.daemon && !self.thread {
                return Err(Error::AssertionError(
                    "daemonic processes are not allowed to have children".into(),
                ));
            }
            if self.root {
                let identity = Identity {
                    name: self.name.clone().unwrap_or_else(|| me.name.clone()),
                    path: Vec::new(),
                    parent: None,
                    daemon: false,
                    process: None,
                    vital: false,
                };
                return Ok((identity, current.pid, current.slot));
            }
            let number = current.children.get() + 1;
            current.children.set(number);
            // A process's threads are numbered from 1, as in Python.
            let parent_path = match self.thread && me.process.is_none() {
                true => &[],
                false => &me.path[..],
            };
            let path: Vec<u32> = parent_path.iter().copied().chain([number]).collect();
            let numbers: Vec<String> = path.iter().map(u32::to_string).collect();
            let name = self.name.clone().unwrap_or_else(|| {
                let prefix = self.name_prefix.unwrap_or("Process");
                format!("{prefix}-{}", numbers.join(":"))
            });
            let process = me.process.clone().unwrap_or_else(|| Named {
                pid: current.pid,
                name: me.name.clone(),
            });
            // A process that a thread starts is a child of the thread's process.
            let parent = match (self.thread, &me.process) {
                (false, Some(process)) => process.clone(),
                _ => Named {
                    pid: current.pid,
                    name: me.name.clone(),
                },
            };
            let parent_pid = parent.pid;
            let identity = Identity {
                name,
                path,
                parent: Some(parent),
                // A thread's identity takes over whether its process is a daemon.
                daemon: match self.thread {
                    true => me.daemon,
                    false => self.daemon.unwrap_or(me.daemon),
                },
                vital: self.panic_ends_process,
                process: self.thread.then_some(process),
            };
            Ok((identity, parent_pid, current.slot))
        })
    }
}

/// Runs a program in a process of its own, where it may block as a Python program
/// may. The process is named `MainProcess` and has no parent.
///
/// ```no_run
/// # async fn page() -> Result<(), manyhands::Error> {
/// use manyhands::Process;
///
/// fn main_program() -> Result<u64, String> {
///     let process = Process::spawn(|x: u64| x * x, 12).map_err(|e| e.to_string())?;
///     process.join().map_err(|e| e.to_string())
/// }
///
/// assert_eq!(manyhands::run(main_program).await?, Ok(144));
/// # Ok(()) }
/// ```
///
/// # Errors
/// As [`Builder::spawn`] and [`Process::join`].
pub async fn run<M, T: Target<(), M>>(main: T) -> Result<T::Output, Error> {
    Builder::default()
        .root()
        .spawn(main, ())?
        .join_async()
        .await
}

/// Kills a process of this program, which need not be a child of the caller (Python's
/// `os.kill(pid, SIGKILL)`). A thread, which Python cannot kill, ends at its next call
/// of this crate. For how long a computing process may run on, see
/// [`Process::terminate`].
///
/// # Errors
/// [`Error::ValueError`] when no living process has this pid.
pub fn kill(pid: Pid) -> Result<(), Error> {
    host::ensure()?;
    let table = current::table();
    let (slot, word) = table
        .find(pid)
        .ok_or_else(|| Error::ValueError(format!("no process has the pid {pid}")))?;
    signal::send(slot, word, Signal::SIGKILL);
    Ok(())
}

/// Kills every process and every warm worker of this program and waits until the
/// processes have ended. For the page only. A thread of the page ends at its next
/// call of this crate, and the function does not wait for it.
pub async fn kill_all() {
    if !host::is_up() {
        return;
    }
    let table = current::table();
    loop {
        let mut left = Vec::new();
        for (slot, word) in table.slots() {
            match word.state() {
                State::Warm => table.retire(slot, word),
                State::Starting | State::Running | State::Ending => {
                    // A thread ends with its process. The page does not end, so its
                    // threads are signalled themselves.
                    let process = table.get(slot, layout::slot::PROCESS);
                    if matches!(process, 0 | HOST) {
                        signal::send(slot, word, Signal::SIGKILL);
                    }
                    if process != HOST {
                        left.push(Sentinel::new(slot, word));
                    }
                }
                _ => {}
            }
        }
        // One of them may have started another process meanwhile, so the table is
        // read again.
        if left.is_empty() {
            break;
        }
        for sentinel in left {
            sentinel.wait_async().await;
        }
    }
    child::clean_up();
}
