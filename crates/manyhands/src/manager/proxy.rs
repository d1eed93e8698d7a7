//! What all proxies have in common: the token of an object, and the link to its server.

use super::{
    link::Link,
    message::{Answer, Body, Id, Init, Method},
    server_process::Address,
};
use crate::{Error, connection::Pickle, process::own_pid, shared::Token};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{cell::RefCell, fmt, rc::Rc};

/// An object in a server. Clones share one token. The server removes an object when no
/// process has its token, and the token is not in a message or in another object.
#[derive(Clone)]
pub(super) struct RemoteObject(Rc<Shared>);

struct Shared {
    server: Server,
    /// `None` only while this is being dropped.
    token: Option<Token>,
}

/// A server as seen from this process.
#[derive(Clone)]
enum Server {
    Other(Rc<Link>),
    /// This process itself is the server; its pid.
    Own(u32),
}

impl Server {
    fn pid(&self) -> u32 {
        match self {
            Server::Other(link) => link.server.pid,
            Server::Own(pid) => *pid,
        }
    }
}

thread_local! {
    /// The server for which values are being encoded or decoded. A proxy of this server
    /// is sent without the server's address. A proxy that the server itself keeps
    /// therefore holds no end of the server's pipe, and does not keep the server alive.
    static CONTEXT: RefCell<Option<Server>> = const { RefCell::new(None) };
}

/// Marks this process as a server.
pub(super) fn mark_as_server() {
    CONTEXT.set(Some(Server::Own(own_pid())));
}

/// Encodes or decodes values for this server.
fn within<R>(server: &Server, f: impl FnOnce() -> R) -> R {
    let outer = CONTEXT.replace(Some(server.clone()));
    let result = f();
    CONTEXT.set(outer);
    result
}

impl RemoteObject {
    /// Creates an object in a server.
    pub(super) fn create(
        link: &Rc<Link>,
        init: impl FnOnce() -> Result<Init, Error>,
    ) -> Result<RemoteObject, Error> {
        let server = Server::Other(link.clone());
        let token = link.create(within(&server, init)?)?;
        Ok(RemoteObject::new(server, token))
    }

    fn new(server: Server, token: Token) -> RemoteObject {
        RemoteObject(Rc::new(Shared {
            server,
            token: Some(token),
        }))
    }

    /// Encodes or decodes values for this object's server.
    pub(super) fn within<R>(&self, f: impl FnOnce() -> R) -> R {
        within(&self.0.server, f)
    }

    /// Pickles a value for this object's server.
    pub(super) fn pickle<T: ?Sized + Serialize>(&self, value: &T) -> Result<Pickle, Error> {
        self.within(|| Pickle::new(value))
    }

    /// Decodes an answer from this object's server.
    pub(super) fn read<R>(
        &self,
        answer: Answer,
        f: impl FnOnce(Answer) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.within(|| f(answer))
    }

    fn request(&self, method: Method) -> Result<(&Link, Body), Error> {
        match (&self.0.server, &self.0.token) {
            (Server::Other(link), Some(token)) => {
                let object = token.id();
                Ok((&**link, Body::Call { object, method }))
            }
            _ => Err(Error::AssertionError(
                "a manager's server may not call itself: it would wait for ever".into(),
            )),
        }
    }

    /// Calls a method and waits for the answer. The names, of this call and of its form
    /// for the page, are for the text of an error.
    pub(super) fn call(
        &self,
        names: (&'static str, &'static str),
        method: Method,
    ) -> Result<Answer, Error> {
        let (link, body) = self.request(method)?;
        link.call(names, body)
    }

    /// [`RemoteObject::call`] for the page.
    pub(super) async fn call_async(&self, method: Method) -> Result<Answer, Error> {
        let (link, body) = self.request(method)?;
        link.call_async(body).await
    }
}

impl PartialEq for RemoteObject {
    fn eq(&self, other: &RemoteObject) -> bool {
        self.0.token == other.0.token
    }
}

impl fmt::Debug for RemoteObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object: Option<Id> = self.0.token.as_ref().map(Token::id);
        write!(f, "{:x?} of server {}", object, self.0.server.pid())
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let Some(token) = self.token.take() else {
            return;
        };
        let object = token.id();
        // The token is dropped first: when the server checks the object, this process
        // must not have it any more.
        drop(token);
        if let Server::Other(link) = &self.server {
            link.dropped(object);
        }
    }
}

impl Serialize for RemoteObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Shared { server, token } = &*self.0;
        let is_known = CONTEXT.with_borrow(|context| {
            let context = context.as_ref().map(Server::pid);
            context == Some(server.pid())
        });
        let address = match server {
            _ if is_known => None,
            Server::Other(link) => Some(&*link.server),
            Server::Own(_) => {
                return Err(serde::ser::Error::custom(
                    "a manager's server cannot give its own proxies away",
                ));
            }
        };
        (address, token).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RemoteObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (address, token) = <(Option<Address>, Option<Token>)>::deserialize(deserializer)?;
        let server = match address {
            Some(address) if address.pid == own_pid() => Some(Server::Own(address.pid)),
            Some(address) => Some(Server::Other(Link::to(Rc::new(address)))),
            None => CONTEXT.with_borrow(Clone::clone),
        };
        match (server, token) {
            (Some(server), Some(token)) => Ok(RemoteObject::new(server, token)),
            _ => Err(de::Error::custom("a proxy without its server's address")),
        }
    }
}

/// Defines a proxy type: a [`RemoteObject`] with the types of its contents.
macro_rules! proxy {
    ($(#[$doc:meta])* $proxy:ident<$($type:ident),*>) => {
        $(#[$doc])*
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(rename = "=", bound = "")]
        pub struct $proxy<$($type),*> {
            object: $crate::manager::proxy::RemoteObject,
            #[serde(skip)]
            types: std::marker::PhantomData<fn($($type),*) -> ($($type,)*)>,
        }

        impl<$($type),*> $proxy<$($type),*> {
            pub(super) fn new(object: $crate::manager::proxy::RemoteObject) -> Self {
                $proxy { object, types: std::marker::PhantomData }
            }
        }

        impl<$($type),*> Clone for $proxy<$($type),*> {
            fn clone(&self) -> Self {
                $proxy::new(self.object.clone())
            }
        }

        impl<$($type),*> PartialEq for $proxy<$($type),*> {
            fn eq(&self, other: &Self) -> bool {
                self.object == other.object
            }
        }

        impl<$($type),*> std::fmt::Debug for $proxy<$($type),*> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($proxy)).field(&self.object).finish()
            }
        }
    };
}

/// Defines the methods of a proxy, each in a blocking form and in a form for the page,
/// from the request that is sent and the expression that makes the result from the
/// answer.
macro_rules! blocking_and_async {
    ($proxy:literal, $type_of_call:path: $(
        $(#[$doc:meta])*
        $name:ident / $twin:ident $(<$($generic:ident $(: $bound:ident $(+ $more:ident)*)?),+>)?
        ($self:ident $(, $argument:ident: $type:ty)*) -> $output:ty $([$($where:tt)*])? {
            $call:expr => $read:expr
        }
    )*) => {$(
        $(#[$doc])*
        pub fn $name $(<$($generic $(: $bound $(+ $more)*)?),+>)? (
            &$self $(, $argument: $type)*
        ) -> Result<$output, $crate::Error>
        $(where $($where)*)?
        {
            let names = (
                concat!($proxy, "::", stringify!($name)),
                concat!($proxy, "::", stringify!($twin)),
            );
            let method = $type_of_call($call);
            let answer = $self.object.call(names, method)?;
            $self.object.read(answer, $read)
        }

        #[doc = concat!("[`", $proxy, "::", stringify!($name), "`] for the page.")]
        pub async fn $twin $(<$($generic $(: $bound $(+ $more)*)?),+>)? (
            &$self $(, $argument: $type)*
        ) -> Result<$output, $crate::Error>
        $(where $($where)*)?
        {
            let method = $type_of_call($call);
            let answer = $self.object.call_async(method).await?;
            $self.object.read(answer, $read)
        }
    )*};
}

pub(super) use {blocking_and_async, proxy};
