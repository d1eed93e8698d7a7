//! What clients and the server say to each other.

use super::{
    barrier::BarrierCall, condition::ConditionCall, dict::DictCall, event::EventCall,
    list::ListCall, lock::LockCall, namespace::NamespaceCall, pool::PoolCall, queue::QueueCall,
    semaphore::SemaphoreCall, value::ValueCall,
};
use crate::{
    Connection, Error, Sentinel, TaskError,
    connection::Pickle,
    pool::plan::Plan,
    process::{Change, Function, Returned},
    shared::Token,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;

/// Names a client or an object: the number of its token.
pub(super) type Name = u64;

/// What a client says.
#[derive(Serialize, Deserialize)]
pub(super) enum Request {
    /// Somebody will have questions, and wants the answers there.
    Hello {
        client: Name,
        pid: u32,
        sentinel: Option<Sentinel>,
        replies: Connection,
    },
    /// There is a new object.
    Create { token: Token, seed: Seed },
    /// A question. The answer bears the same number.
    Call {
        client: Name,
        pid: u32,
        number: u32,
        object: Name,
        /// How long it may take, in µs.
        timeout: Option<u64>,
        method: Method,
    },
    /// Nobody waits for that answer any more.
    GiveUp {
        client: Name,
        number: u32,
        object: Name,
    },
    /// A process has no proxy of an object any more.
    Dropped { object: Name },
    /// How many objects are there?
    Count { client: Name, number: u32 },
    /// No more questions.
    Bye { client: Name },
    /// The end.
    ShutDown,
}

/// What an object is made from.
#[derive(Serialize, Deserialize)]
pub(super) enum Seed {
    Dict(Vec<(Pickle, Pickle)>),
    List(Vec<Pickle>),
    Namespace,
    Value(Pickle),
    Queue {
        max_size: u32,
    },
    Event,
    /// An `RLock`, if it can be taken again.
    Lock {
        again: bool,
    },
    Semaphore {
        value: u32,
        bound: u32,
    },
    Condition,
    Barrier {
        parties: u32,
        action: Option<Function>,
        timeout: Option<Duration>,
    },
    Pool(Plan),
}

/// What an object is asked to do, by its type.
#[derive(Serialize, Deserialize)]
pub(super) enum Method {
    Dict(DictCall),
    List(ListCall),
    Namespace(NamespaceCall),
    Value(ValueCall),
    Queue(QueueCall),
    Event(EventCall),
    Lock(LockCall),
    Semaphore(SemaphoreCall),
    Condition(ConditionCall),
    Barrier(BarrierCall),
    Pool(PoolCall),
}

/// What the server says.
#[derive(Serialize, Deserialize)]
pub(super) struct Reply {
    pub(super) number: u32,
    pub(super) answer: Answer,
}

/// What a call came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    /// Python's `None`.
    Done,
    /// There is no such thing; the client knows what it asked for.
    Missing,
    Flag(bool),
    Number(u64),
    Value(Pickle),
    Values(Vec<Pickle>),
    Pairs(Vec<(Pickle, Pickle)>),
    Names(Vec<String>),
    /// With the name of its type.
    Typed(String, Pickle),
    Pids(Vec<u32>),
    /// What a pool's chunks came to, in their order.
    Chunks(Vec<Result<Returned, Fault>>),
    Fault(Fault),
}

/// What went wrong, in a form that can travel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Fault {
    Value(String),
    Assertion(String),
    Pickling(String),
    Index(String),
    Attribute(String),
    Memory(usize),
    Full,
    Empty,
    BrokenBarrier,
    OwnerDied(u32),
    Task(Box<TaskError>),
    Cancelled,
    BrokenPool(String),
    TooManyProcesses(u32),
    Other(String),
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        match fault {
            Fault::Value(text) => Error::ValueError(text),
            Fault::Assertion(text) => Error::AssertionError(text),
            Fault::Pickling(text) => Error::PicklingError(text),
            Fault::Index(text) => Error::IndexError(text),
            Fault::Attribute(text) => Error::AttributeError(text),
            Fault::Memory(bytes) => Error::MemoryError { bytes },
            Fault::Full => Error::Full,
            Fault::Empty => Error::Empty,
            Fault::BrokenBarrier => Error::BrokenBarrierError,
            Fault::OwnerDied(pid) => Error::OwnerDied { pid },
            Fault::Task(error) => Error::TaskError(error),
            Fault::Cancelled => Error::CancelledError,
            Fault::BrokenPool(text) => Error::BrokenProcessPool(text),
            Fault::TooManyProcesses(limit) => Error::BlockingIOError { limit },
            Fault::Other(text) => Error::OSError(text),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        match error {
            Error::ValueError(text) => Fault::Value(text),
            Error::AssertionError(text) => Fault::Assertion(text),
            Error::PicklingError(text) => Fault::Pickling(text),
            Error::IndexError(text) => Fault::Index(text),
            Error::AttributeError(text) => Fault::Attribute(text),
            Error::MemoryError { bytes } => Fault::Memory(bytes),
            Error::TaskError(error) => Fault::Task(error),
            Error::CancelledError => Fault::Cancelled,
            Error::BrokenProcessPool(text) => Fault::BrokenPool(text),
            Error::BlockingIOError { limit } => Fault::TooManyProcesses(limit),
            other => Fault::Other(other.to_string()),
        }
    }
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Answer {
        Answer::Fault(fault)
    }
}

/// The answer to a change: what the function returned.
pub(super) fn changed(value: &mut Pickle, change: Change, argument: &Pickle) -> Answer {
    match change.make(value, argument) {
        Ok((new, result)) => {
            *value = new;
            Answer::Value(result)
        }
        Err(error) => Fault::from(error).into(),
    }
}

/// An answer of another kind than its question: never seen.
fn strange() -> Error {
    Error::OSError("the manager's server gave an answer of another kind".into())
}

impl Answer {
    pub(super) fn done(self) -> Result<(), Error> {
        match self {
            Answer::Done => Ok(()),
            _ => Err(strange()),
        }
    }

    pub(super) fn flag(self) -> Result<bool, Error> {
        match self {
            Answer::Flag(flag) => Ok(flag),
            _ => Err(strange()),
        }
    }

    pub(super) fn number(self) -> Result<u64, Error> {
        match self {
            Answer::Number(number) => Ok(number),
            _ => Err(strange()),
        }
    }

    pub(super) fn size(self) -> Result<usize, Error> {
        Ok(self.number()? as usize)
    }

    pub(super) fn count(self) -> Result<u32, Error> {
        Ok(self.number()? as u32)
    }

    pub(super) fn value<T: DeserializeOwned>(self) -> Result<T, Error> {
        match self {
            Answer::Value(pickle) => pickle.open(),
            _ => Err(strange()),
        }
    }

    /// `None` for what is missing.
    pub(super) fn maybe<T: DeserializeOwned>(self) -> Result<Option<T>, Error> {
        match self {
            Answer::Missing => Ok(None),
            other => other.value().map(Some),
        }
    }

    pub(super) fn values<T: DeserializeOwned>(self) -> Result<Vec<T>, Error> {
        match self {
            Answer::Values(values) => values.iter().map(Pickle::open).collect(),
            _ => Err(strange()),
        }
    }

    pub(super) fn pairs<K, V>(self) -> Result<Vec<(K, V)>, Error>
    where
        K: DeserializeOwned,
        V: DeserializeOwned,
    {
        let Answer::Pairs(pairs) = self else {
            return Err(strange());
        };
        let open = |(key, value): (Pickle, Pickle)| Ok((key.open()?, value.open()?));
        pairs.into_iter().map(open).collect()
    }

    pub(super) fn chunks(self) -> Result<Vec<Result<Returned, Fault>>, Error> {
        match self {
            Answer::Chunks(chunks) => Ok(chunks),
            _ => Err(strange()),
        }
    }

    pub(super) fn pids(self) -> Result<Vec<u32>, Error> {
        match self {
            Answer::Pids(pids) => Ok(pids),
            _ => Err(strange()),
        }
    }

    pub(super) fn names(self) -> Result<Vec<String>, Error> {
        match self {
            Answer::Names(names) => Ok(names),
            _ => Err(strange()),
        }
    }
}
