//! Starting processes.

use super::{
    child::{self, Child, Kin},
    handle::Process,
    sentinel::Sentinel,
    start_method::StartMethod,
    target::{Call, Target},
};
use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        attachment, codec,
        current::{self, Identity, Named},
        host,
        layout::{self, WARM_TARGET},
        message::Message,
        object_ref, platform,
        table::{Birth, Refused, State},
        trace::{HOST, Op, Pid},
    },
};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::JsValue;

thread_local! {
    static METHOD: Cell<StartMethod> = const { Cell::new(StartMethod::Spawn) };
}

/// Sets how this process starts its children from now on (Python's
/// `set_start_method`). At first it is [`StartMethod::Spawn`].
pub fn set_start_method(method: StartMethod) {
    METHOD.set(method);
}

/// How this process starts its children (Python's `get_start_method`).
pub fn get_start_method() -> StartMethod {
    METHOD.get()
}

/// Brings up warm workers for [`StartMethod::Forkserver`] until `workers` are
/// ready, and waits for them.
///
/// # Errors
/// As [`Builder::spawn`], and [`Error::OSError`] when not all of them came up.
pub async fn prewarm(workers: u32) -> Result<(), Error> {
    host::ensure()?;
    host::post(Message::Warm { count: workers });
    // Looked at again and again: no single word says how many are warm.
    for _ in 0..6000 {
        if current::table().count(&[State::Warm]) >= workers {
            return Ok(());
        }
        platform::pause(5.0).await;
    }
    Err(Error::OSError(format!(
        "not all of the warm workers that were asked for ({workers}) came up: the browser may \
         have no room for so many, or something may keep it from starting workers"
    )))
}

/// Says how many warm workers to have ready again after each process started
/// by [`StartMethod::Forkserver`]. At first it is 2, and they come with the
/// first such process, as Python's fork server does.
///
/// # Errors
/// As [`Builder::spawn`].
pub fn keep_warm(workers: u32) -> Result<(), Error> {
    host::ensure()?;
    Arena.store(WARM_TARGET, workers);
    Ok(())
}

/// What a process is to be before it is started.
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
    kind: Option<&'static str>,
    thread: bool,
    vital: bool,
}

impl Builder {
    /// Its name; else `Process-N`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Is it a daemon, that is, terminated when its parent ends? Else it
    /// inherits this from its parent.
    pub fn daemon(mut self, daemon: bool) -> Self {
        self.daemon = Some(daemon);
        self
    }

    /// How it gets its worker; else as [`get_start_method`] says.
    pub fn start_method(mut self, method: StartMethod) -> Self {
        self.method = Some(method);
        self
    }

    /// A root program: named `MainProcess`, without a parent, and the process
    /// names below it begin anew.
    pub(super) fn root(mut self) -> Self {
        self.root = true;
        self
    }

    /// What stands before the number in a name that was not given: `Process`,
    /// unless it serves something.
    pub(crate) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = Some(kind);
        self
    }

    /// A thread: in this process's own memory.
    #[cfg(feature = "threads")]
    pub(crate) fn thread(mut self) -> Self {
        self.thread = true;
        self.kind = Some("Thread");
        self
    }

    /// A thread whose panic ends its process.
    #[cfg(feature = "threads")]
    pub(crate) fn vital(mut self, vital: bool) -> Self {
        self.vital = vital;
        self
    }

    /// Starts the process.
    ///
    /// # Errors
    /// - [`Error::NotIsolated`] where the page has no shared memory.
    /// - [`Error::BlockingIOError`] when as many processes live as may.
    /// - [`Error::AssertionError`] in a daemon, which may have no children.
    /// - [`Error::PicklingError`] for an argument that cannot be sent.
    /// - [`Error::MemoryError`] when the arena has no room for the arguments.
    pub fn spawn<A, M, T: Target<A, M>>(
        self,
        target: T,
        arguments: A,
    ) -> Result<Process<T::Output>, Error> {
        host::ensure()?;
        current::check_signal();
        child::clean_up();
        let call = target.call(&arguments)?;
        Ok(Process::new(self.start(&call)?))
    }

    /// Starts a process that makes this call. (Not a part of [`Builder::spawn`],
    /// which is compiled again for every target.)
    fn start(self, call: &Call) -> Result<Rc<Child>, Error> {
        let (identity, parent, claimer) = self.identity()?;
        let mut payload = codec::encode(&identity)?.0;
        payload.extend(&call.arguments);
        let handles = attachment::handles(&call.attachments);
        let payload = object_ref::seal(&payload, &handles);
        let method = self.method.unwrap_or_else(get_start_method);
        let warm = method == StartMethod::Forkserver && !self.thread;
        let birth = Birth {
            parent,
            process: identity.process.as_ref().map_or(0, |process| process.pid),
            entry: call.entry.index(),
            payload: &payload,
        };
        object_ref::retain_in_flight(&handles);
        let entered = current::table().enter(claimer, &birth, warm);
        let (slot, word, pid, was_warm) = entered.map_err(|refused| {
            object_ref::release_in_flight(&handles);
            match refused {
                Refused::Limit(limit) => Error::BlockingIOError { limit },
                Refused::Memory => Error::MemoryError {
                    bytes: payload.len(),
                },
            }
        })?;
        current::record(Op::Start, pid, [u32::from(self.thread), 0]);
        if !was_warm {
            host::post(Message::Spawn {
                slot,
                state: word.0,
                memory: self.memory(),
            });
        }
        if warm {
            host::post(Message::Warm { count: 0 });
        }
        let daemon = self.daemon.unwrap_or(identity.daemon);
        let kin = if self.thread {
            Kin::Thread
        } else {
            Kin::Process
        };
        let name = identity.name;
        Ok(Child::adopt(pid, name, daemon, kin, slot, word))
    }

    /// The memory that it shares, if it is a thread.
    fn memory(&self) -> JsValue {
        #[cfg(feature = "threads")]
        if self.thread {
            crate::kernel::boot::share_hook();
            return wasm_bindgen::memory();
        }
        JsValue::UNDEFINED
    }

    /// Who the child will be, its parent's pid, and the number under which its
    /// slot is claimed.
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
            // A process's threads are counted from 1, as in Python.
            let above = match self.thread && me.process.is_none() {
                true => &[],
                false => &me.path[..],
            };
            let path: Vec<u32> = above.iter().copied().chain([number]).collect();
            let numbers: Vec<String> = path.iter().map(u32::to_string).collect();
            let name = self.name.clone().unwrap_or_else(|| {
                let kind = self.kind.unwrap_or("Process");
                format!("{kind}-{}", numbers.join(":"))
            });
            let identity = Identity {
                name,
                path,
                parent: Some(Named {
                    pid: current.pid,
                    name: me.name.clone(),
                }),
                // A thread is as much of a daemon as its process.
                daemon: match self.thread {
                    true => me.daemon,
                    false => self.daemon.unwrap_or(me.daemon),
                },
                vital: self.vital,
                process: self.thread.then(|| {
                    me.process.clone().unwrap_or_else(|| Named {
                        pid: current.pid,
                        name: me.name.clone(),
                    })
                }),
            };
            Ok((identity, current.pid, current.slot))
        })
    }
}

/// Runs a root program in a process of its own, where it may block: a listing
/// written for Python's `multiprocessing` then reads the same here.
///
/// The process is named `MainProcess` and has no parent.
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

/// Kills a process of this program, whoever's child it is (Python's
/// `os.kill(pid, SIGKILL)`). A thread, which Python cannot kill, ends where it
/// next touches anything shared.
///
/// # Errors
/// [`Error::ValueError`] when no process of this pid lives.
pub fn kill(pid: Pid) -> Result<(), Error> {
    host::ensure()?;
    let table = current::table();
    let (slot, word) = table
        .find(pid)
        .ok_or_else(|| Error::ValueError(format!("no process has the pid {pid}")))?;
    if table.signal(slot, word, child::SIGKILL) {
        host::post(Message::Kill {
            slot,
            state: word.0,
        });
    }
    Ok(())
}

/// Kills every process and warm worker of this program, and waits until the
/// processes are gone. On the host. (A thread of the host ends where it looks
/// up: it is not waited for.)
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
                    // A thread ends with its process; one of the host's, which
                    // does not end, where it looks up.
                    let process = table.get(slot, layout::slot::PROCESS);
                    if matches!(process, 0 | HOST) && table.signal(slot, word, child::SIGKILL) {
                        host::post(Message::Kill {
                            slot,
                            state: word.0,
                        });
                    }
                    if process != HOST {
                        left.push(Sentinel::new(slot, word));
                    }
                }
                _ => {}
            }
        }
        // One of them may have started another meanwhile: look again.
        if left.is_empty() {
            break;
        }
        for sentinel in left {
            sentinel.wait_async().await;
        }
    }
    child::clean_up();
}
