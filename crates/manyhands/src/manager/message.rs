//! The messages between clients and a server.

use crate::{Connection, Error, Sentinel, connection::Pickle, process::Change, shared::Token};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Identifies a client or an object: the number of its token. No other token has this
/// number while any process holds this one.
pub(super) type Id = u64;

/// The client that sends a request, and the number of its call. The reply has the same
/// number.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) struct Caller {
    pub(super) client: Id,
    pub(super) number: u32,
}

/// A request of a client. It is sent as a pickle together with its [`Caller`], so that
/// the server knows whom to answer if it cannot read the request.
#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) enum Body {
    /// Calls a method of an object. The server answers.
    Call { object: Id, method: Method },
    /// Asks for the number of objects. The server answers.
    CountObjects,
    /// The first request of a client: the pipe for its answers.
    Register {
        /// `None` for the page, which exists as long as the program.
        sentinel: Option<Sentinel>,
        replies: Connection,
    },
    /// The last request of a client.
    Unregister,
    /// Creates an object.
    Create { token: Token, init: Init },
    /// A process has no proxy of this object any more.
    Dropped { object: Id },
    /// Asks the server to end.
    ShutDown,
}

/// What an object is created from.
#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) enum Init {
    Dict(Vec<(Pickle, Pickle)>),
    /// For a list; an array; or a value, which is a list of one item.
    List(Vec<Pickle>),
    Namespace,
}

/// A method call, by the type of the object.
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
    /// The key, the initial value if the key may be missing, the change, and its
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

/// The first text is the attribute's name; a second one is the name of the value's
/// type.
#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) enum NamespaceCall {
    Get(String),
    Set(String, String, Pickle),
    Remove(String),
    Names,
    Mutate(String, String, Change, Pickle),
}

/// What the server sends to a client.
#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) struct Reply {
    pub(super) number: u32,
    pub(super) answer: Result<Answer, Error>,
}

/// The result of a call.
#[derive(Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) enum Answer {
    /// Python's `None`.
    Done,
    /// There is no such key, item or attribute. The client makes the error from it,
    /// because it knows what it asked for.
    Missing,
    Number(u64),
    Value(Pickle),
    Values(Vec<Pickle>),
    Pairs(Vec<(Pickle, Pickle)>),
    /// A value with the name of its type.
    Typed(String, Pickle),
}

/// The error for reading an attribute as a type that it does not have.
pub(super) fn other_type(name: &str, kind: &str, wanted: &str) -> Error {
    Error::PicklingError(format!(
        "the attribute '{name}' is a {kind}, not a {wanted}"
    ))
}

/// The answer does not fit the call. No server sends such an answer.
fn unexpected() -> Error {
    Error::OSError("the manager's server gave an answer of another kind".into())
}

/// Pickles items one by one, so that the server can store them one by one.
pub(super) fn pickles<T: Serialize>(items: &[T]) -> Result<Vec<Pickle>, Error> {
    items.iter().map(Pickle::new).collect()
}

/// [`pickles`] for keys and values.
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

    /// Whether there is such a key or item.
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

    /// `None` if there is no such key or item.
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
