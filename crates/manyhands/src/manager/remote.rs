//! What every proxy is: an object's token and the way to its server.

use super::{
    link::{Address, Ask, Link},
    message::{Answer, Method, Request, Seed},
    question::Question,
};
use crate::{Error, connection::Pickle, process::own_pid, shared::Token};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeOwned},
};
use std::{cell::RefCell, rc::Rc};

/// An object of a server. Clones share one token; the server forgets an object
/// when no process has it, and none is on its way or in another object.
#[derive(Clone)]
pub(super) struct Remote(Rc<Stub>);

struct Stub {
    place: Place,
    /// Taken when it is dropped.
    token: Option<Token>,
}

/// Where the server is, seen from here.
#[derive(Clone)]
enum Place {
    Away(Rc<Link>),
    /// In this very process, which is the server.
    Home(u32),
}

thread_local! {
    /// Whose values are being read or written: a proxy of the same server
    /// travels without its address.
    static CONTEXT: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// Says that this process is a server.
pub(super) fn be_home() {
    CONTEXT.set(Some(Place::Home(own_pid())));
}

impl Place {
    fn server(&self) -> u32 {
        match self {
            Place::Away(link) => link.address.server,
            Place::Home(pid) => *pid,
        }
    }
}

/// Does something with values of that server.
fn within<R>(place: &Place, f: impl FnOnce() -> R) -> R {
    let outer = CONTEXT.replace(Some(place.clone()));
    let result = f();
    CONTEXT.set(outer);
    result
}

impl Remote {
    /// Makes an object.
    pub(super) fn create(
        link: &Rc<Link>,
        seed: impl FnOnce() -> Result<Seed, Error>,
    ) -> Result<Remote, Error> {
        let place = Place::Away(link.clone());
        let token = link.create(within(&place, seed)?)?;
        Ok(Remote::new(place, token))
    }

    fn new(place: Place, token: Token) -> Remote {
        Remote(Rc::new(Stub {
            place,
            token: Some(token),
        }))
    }

    /// The pickle of a value for this object's server.
    pub(super) fn pickle<T: Serialize>(&self, value: &T) -> Result<Pickle, Error> {
        within(&self.0.place, || Pickle::new(value))
    }

    /// Does something with values for this object's server.
    pub(super) fn with_server<R>(&self, f: impl FnOnce() -> R) -> R {
        within(&self.0.place, f)
    }

    /// Reads what an answer says.
    pub(super) fn read<R>(
        &self,
        answer: Answer,
        f: impl FnOnce(Answer) -> Result<R, Error>,
    ) -> Result<R, Error> {
        within(&self.0.place, || f(answer))
    }

    /// Reads a pickle.
    pub(super) fn open<T: DeserializeOwned>(&self, pickle: &Pickle) -> Result<T, Error> {
        within(&self.0.place, || pickle.open())
    }

    fn link(&self) -> Result<(&Rc<Link>, u64), Error> {
        match (&self.0.place, &self.0.token) {
            (Place::Away(link), Some(token)) => Ok((link, token.number())),
            _ => Err(Error::AssertionError(
                "a manager's server may not call itself: it would wait for ever".into(),
            )),
        }
    }

    /// Calls a method; its answer comes later. Whoever keeps the question keeps
    /// this, too.
    pub(super) fn ask(&self, ask: Ask) -> Result<Question, Error> {
        let (link, object) = self.link()?;
        let asked = link.ask(object, ask);
        asked.map_err(|error| link.explain(error))
    }

    /// Calls a method and does not wait for what comes of it.
    pub(super) fn tell(&self, method: Method) {
        if let Ok((link, object)) = self.link() {
            link.tell(object, method);
        }
    }

    /// Calls a method and waits for what comes of it.
    pub(super) fn call(
        &self,
        call: &'static str,
        instead: &'static str,
        ask: Ask,
    ) -> Result<Answer, Error> {
        let (link, object) = self.link()?;
        link.call(call, instead, object, ask)
    }

    /// [`Remote::call`] for the page.
    pub(super) async fn call_async(&self, ask: Ask) -> Result<Answer, Error> {
        let (link, object) = self.link()?;
        link.call_async(object, ask).await
    }
}

impl PartialEq for Remote {
    fn eq(&self, other: &Remote) -> bool {
        self.0.token == other.0.token
    }
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let object = self.0.token.as_ref().map(Token::number);
        write!(f, "{:x?} of server {}", object, self.0.place.server())
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        let Some(token) = self.token.take() else {
            return;
        };
        let object = token.number();
        // First: when the server looks, this process has none.
        drop(token);
        if let Place::Away(link) = &self.place {
            let _ = link.say(&Request::Dropped { object });
        }
    }
}

impl Serialize for Remote {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Stub { place, token } = &*self.0;
        let known = CONTEXT.with_borrow(|context| {
            let context = context.as_ref().map(Place::server);
            context == Some(place.server())
        });
        let address = match place {
            _ if known => None,
            Place::Away(link) => Some(&link.address),
            Place::Home(_) => {
                return Err(serde::ser::Error::custom(
                    "a manager's server cannot give its own proxies away",
                ));
            }
        };
        (address, token).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Remote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (address, token) = <(Option<Address>, Option<Token>)>::deserialize(deserializer)?;
        let place = match address {
            Some(address) if address.server == own_pid() => Some(Place::Home(address.server)),
            Some(address) => Some(Place::Away(Link::to(address))),
            None => CONTEXT.with_borrow(Clone::clone),
        };
        match (place, token) {
            (Some(place), Some(token)) => Ok(Remote::new(place, token)),
            _ => Err(de::Error::custom("a proxy without its server's address")),
        }
    }
}

/// A call without a time of its own.
pub(super) fn ask(method: Method) -> Result<Ask, Error> {
    Ok(Ask {
        method,
        timeout: None,
    })
}

/// The methods of a proxy, each with its two faces: what is asked, and what is
/// made of the answer.
macro_rules! faces {
    ($proxy:literal: $(
        $(#[$doc:meta])*
        $name:ident / $twin:ident ($self:ident $(, $argument:ident: $type:ty)*) -> $output:ty {
            $ask:expr => $read:expr
        }
    )*) => {$(
        $(#[$doc])*
        pub fn $name(&$self $(, $argument: $type)*) -> Result<$output, Error> {
            let ask: $crate::manager::link::Ask = $ask?;
            let answer = $self.remote.call(
                concat!($proxy, "::", stringify!($name)),
                concat!($proxy, "::", stringify!($twin)),
                ask,
            )?;
            $self.remote.read(answer, $read)
        }

        #[doc = concat!("[`", $proxy, "::", stringify!($name), "`] for the page.")]
        pub async fn $twin(&$self $(, $argument: $type)*) -> Result<$output, Error> {
            let ask: $crate::manager::link::Ask = $ask?;
            let answer = $self.remote.call_async(ask).await?;
            $self.remote.read(answer, $read)
        }
    )*};
}

/// `Clone`, `PartialEq` and `Debug` whatever the proxy's types are.
macro_rules! proxies {
    ($($proxy:ident<$($type:ident),+> { $marker:ident })*) => {$(
        impl<$($type),+> Clone for $proxy<$($type),+> {
            fn clone(&self) -> Self {
                $proxy {
                    remote: self.remote.clone(),
                    $marker: std::marker::PhantomData,
                }
            }
        }

        impl<$($type),+> PartialEq for $proxy<$($type),+> {
            fn eq(&self, other: &Self) -> bool {
                self.remote == other.remote
            }
        }

        impl<$($type),+> std::fmt::Debug for $proxy<$($type),+> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($proxy)).field(&self.remote).finish()
            }
        }
    )*};
}

pub(super) use {faces, proxies};
