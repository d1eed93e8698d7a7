//! What clients and a server say to each other.

use crate::{Connection, Error, Sentinel, connection::Pickle, process::Change, shared::Token};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Identifies a client or an object: the number of its token, which no other
/// token has while this one is held by anybody.
pub(super) type Id = u64;

/// Who asks, and which of its calls this is. The reply has the same number.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) struct Caller {
    pub(super) client: Id,
    pub(super) number: u32,
}

/// What a client asks. It is sent as a pickle beside its [`Caller`], so that the server
/// knows whom to answer when it cannot read it.
#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) enum Body {
    /// Calls a method of an object. Answered.
    Call { object: Id, method: Method },
    /// Asks how many objects there are. Answered.
    CountObjects,
    /// The first request of a client: where its answers go.
    Register {
        /// `None` for the page, which nobody outlives.
        sentinel: Option<Sentinel>,
        replies: Connection,
    },
    /// The last request of a client.
    Unregister,
    /// There is a new object.
    Create { token: Token, init: Init },
    /// A process has no proxy of this object any more.
    Dropped { object: Id },
    /// The server is to end.
    ShutDown,
}

/// What an object is made from.
#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) enum Init {
    Dict(Vec<(Pickle, Pickle)>),
    /// Of a list, an array or a value, which is a list of one item.
    List(Vec<Pickle>),
    Namespace,
}

/// What an object is asked to do, by its type.
#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) enum Method {
    Dict(DictCall),
    List(ListCall),
    Namespace(NamespaceCall),
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) enum DictCall {
    Get(Pickle),
    Set(Pickle, Pickle),
    Pop(Pickle),
    PopItem,
    SetDefault(Pickle, Pickle),
    ContainsKey(Pickle),
    Len,
    Keys,
    Values,
    Items,
    Update(Vec<(Pickle, Pickle)>),
    Clear,
    /// The key, the value to begin with where there is none, the change, its
    /// argument.
    Mutate(Pickle, Option<Pickle>, Change, Pickle),
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) enum ListCall {
    Get(isize),
    Set(isize, Pickle),
    Slice(usize, usize),
    Len,
    Append(Pickle),
    Extend(Vec<Pickle>),
    Insert(isize, Pickle),
    Pop(isize),
    Remove(Pickle),
    Index(Pickle),
    Count(Pickle),
    Reverse,
    Clear,
    Mutate(isize, Change, Pickle),
    /// A change of the whole list.
    MutateAll(Change, Pickle),
}

/// Attributes go by name; what has a second text names the value's type there.
#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) enum NamespaceCall {
    Get(String),
    Set(String, String, Pickle),
    Remove(String),
    Names,
    Mutate(String, String, Change, Pickle),
}

/// What the server sends.
#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) struct Reply {
    pub(super) number: u32,
    pub(super) answer: Result<Answer, Error>,
}

/// What a call returned.
#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) enum Answer {
    /// Python's `None`.
    Done,
    /// There is no such key, item or attribute. The client makes the error: it
    /// knows what it asked for.
    Missing,
    Number(u64),
    Value(Pickle),
    Values(Vec<Pickle>),
    Pairs(Vec<(Pickle, Pickle)>),
    /// A value with the name of its type.
    Typed(String, Pickle),
}

/// The error of reading an attribute as another type than it has.
pub(super) fn other_type(name: &str, kind: &str, wanted: &str) -> Error {
    Error::PicklingError(format!(
        "the attribute '{name}' is a {kind}, not a {wanted}"
    ))
}

/// The answer is of another kind than the call, which no server gives.
fn unexpected() -> Error {
    Error::OSError("the manager's server gave an answer of another kind".into())
}

/// Pickles one by one, so that the server can keep them one by one.
pub(super) fn pickles<T: Serialize>(items: &[T]) -> Result<Vec<Pickle>, Error> {
    items.iter().map(Pickle::new).collect()
}

/// [`pickles`] of keys and values.
pub(super) fn pickled_pairs<K, V>(pairs: &[(K, V)]) -> Result<Vec<(Pickle, Pickle)>, Error>
where
    K: Serialize,
    V: Serialize,
{
    let pickle = |(key, value): &(K, V)| Ok((Pickle::new(key)?, Pickle::new(value)?));
    pairs.iter().map(pickle).collect()
}

impl Answer {
    pub(super) fn done(self) -> Result<(), Error> {
        match self {
            Answer::Done => Ok(()),
            _ => Err(unexpected()),
        }
    }

    /// Is there such a key or item?
    pub(super) fn present(self) -> Result<bool, Error> {
        Ok(!matches!(self, Answer::Missing))
    }

    pub(super) fn number(self) -> Result<usize, Error> {
        match self {
            Answer::Number(number) => Ok(number as usize),
            _ => Err(unexpected()),
        }
    }

    pub(super) fn value<T: DeserializeOwned>(self) -> Result<T, Error> {
        match self {
            Answer::Value(pickle) => pickle.load(),
            _ => Err(unexpected()),
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
            Answer::Values(values) => values.iter().map(Pickle::load).collect(),
            _ => Err(unexpected()),
        }
    }

    pub(super) fn pairs<K, V>(self) -> Result<Vec<(K, V)>, Error>
    where
        K: DeserializeOwned,
        V: DeserializeOwned,
    {
        let Answer::Pairs(pairs) = self else {
            return Err(unexpected());
        };
        let open = |(key, value): (Pickle, Pickle)| Ok((key.load()?, value.load()?));
        pairs.into_iter().map(open).collect()
    }
}
