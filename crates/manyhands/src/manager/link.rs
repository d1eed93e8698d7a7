//! A client's way to a server: there is one per server and thread.
//!
//! Requests of all clients go into one pipe; answers come through a pipe of the
//! client's own. Neither is ever full, so that only an answer is waited for.

use super::{
    message::{Answer, Body, Caller, Id, Init, Reply},
    server_process::Address,
};
use crate::{
    Connection, Error, Sentinel,
    connection::{one_way_pipe, wait, wait_async},
    process::may_block,
    shared::Token,
};
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::BTreeMap,
    future::{Future, poll_fn},
    pin::pin,
    rc::{Rc, Weak},
    task::{Context, Poll, Waker},
    time::Duration,
};

/// The capacity of a pipe that is never full.
const ANY_NUMBER: u32 = u32::MAX;

/// The pipe on which a server is asked: the server's end, then the clients'.
pub(super) fn request_pipe() -> Result<(Connection, Connection), Error> {
    one_way_pipe(ANY_NUMBER)
}

/// Where the answers come.
struct Replies {
    /// Its number identifies this client.
    token: Token,
    from: Connection,
    /// The server has answered at least once. From then on only the server
    /// keeps the other end of the pipe open, which so tells of its death;
    /// before, that end may be in a request that nobody has received.
    is_answered: Cell<bool>,
}

/// An awaited call: its answer, once somebody has received it, and whom to wake
/// then.
struct Awaited {
    answer: Option<Result<Answer, Error>>,
    waker: Waker,
}

pub(super) struct Link {
    pub(super) server: Rc<Address>,
    replies: OnceCell<Replies>,
    next_number: Cell<u32>,
    /// The calls that are awaited, by their numbers. An answer to any other
    /// call is dropped: nobody wants it any more.
    awaited: RefCell<BTreeMap<u32, Awaited>>,
}

thread_local! {
    static LINKS: RefCell<BTreeMap<u32, Weak<Link>>> = const { RefCell::new(BTreeMap::new()) };
}

impl Link {
    /// The link to that server.
    pub(super) fn to(server: Rc<Address>) -> Rc<Link> {
        LINKS.with_borrow_mut(|links| {
            if let Some(link) = links.get(&server.pid).and_then(Weak::upgrade) {
                return link;
            }
            let link = Rc::new(Link {
                server,
                replies: OnceCell::new(),
                next_number: Cell::new(0),
                awaited: RefCell::default(),
            });
            links.insert(link.server.pid, Rc::downgrade(&link));
            link
        })
    }

    /// Makes an object, which takes no round trip.
    pub(super) fn create(&self, init: Init) -> Result<Token, Error> {
        let token = Token::new()?;
        let body = Body::Create {
            token: token.clone(),
            init,
        };
        match self.server.send(Caller::default(), body) {
            Ok(()) => Ok(token),
            Err(error) => Err(self.server.explain(error)),
        }
    }

    /// Says that this process has no proxy of an object any more.
    pub(super) fn dropped(&self, object: Id) {
        // A server that is gone has no objects to forget.
        let _ = self
            .server
            .send(Caller::default(), Body::Dropped { object });
    }

    /// Asks and waits for the answer.
    pub(super) fn call(
        &self,
        (call, instead): (&'static str, &'static str),
        body: Body,
    ) -> Result<Answer, Error> {
        // Before anything is sent: on the page the answer would never be seen.
        if !may_block() {
            return Err(Error::blocking_on_page(call, instead));
        }
        let answer = self.ask(body).and_then(|number| self.answer(number));
        match answer {
            Ok(answer) => answer,
            Err(error) => Err(self.server.explain(error)),
        }
    }

    /// [`Link::call`] for the page.
    pub(super) async fn call_async(&self, body: Body) -> Result<Answer, Error> {
        let answer = match self.ask(body) {
            Ok(number) => self.answer_async(number).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => answer,
            Err(error) => Err(self.server.explain_async(error).await),
        }
    }

    /// Sends a request that is to be answered; the number of the answer.
    fn ask(&self, body: Body) -> Result<u32, Error> {
        let client = self.replies()?.token.id();
        let number = self.next_number.get();
        self.next_number.set(number.wrapping_add(1));
        self.server.send(Caller { client, number }, body)?;
        Ok(number)
    }

    /// Where the answers come; registers this client the first time.
    fn replies(&self) -> Result<&Replies, Error> {
        if let Some(replies) = self.replies.get() {
            return Ok(replies);
        }
        let token = Token::new()?;
        let (from, to) = one_way_pipe(ANY_NUMBER)?;
        let caller = Caller {
            client: token.id(),
            number: 0,
        };
        let body = Body::Register {
            sentinel: Sentinel::own(),
            replies: to,
        };
        self.server.send(caller, body)?;
        Ok(self.replies.get_or_init(|| Replies {
            token,
            from,
            is_answered: Cell::new(false),
        }))
    }

    /// Waits for the answer of that number.
    fn answer(&self, number: u32) -> Result<Result<Answer, Error>, Error> {
        let replies = self.replies()?;
        loop {
            if !replies.is_answered.get() {
                wait(&[&replies.from, &self.server.sentinel], None)?;
                replies.must_be_readable()?;
            }
            let reply: Reply = replies.from.recv()?;
            replies.is_answered.set(true);
            if reply.number == number {
                return Ok(reply.answer);
            }
            self.deliver(reply);
        }
    }

    /// Gives an answer to the awaited call.
    fn deliver(&self, reply: Reply) {
        let waker = self
            .awaited
            .borrow_mut()
            .get_mut(&reply.number)
            .map(|call| {
                call.answer = Some(reply.answer);
                call.waker.clone()
            });
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Awaits the answer of that number. Several calls can be awaited at once:
    /// each receives, and gives the answers of others to them. So none depends
    /// on another one's task.
    async fn answer_async(&self, number: u32) -> Result<Result<Answer, Error>, Error> {
        let _registration = Registration { link: self, number };
        let replies = self.replies()?;
        loop {
            let mut receive = pin!(replies.receive_async(&self.server.sentinel));
            let received = poll_fn(|context| {
                if let Some(answer) = self.poll_delivered(number, context) {
                    return Poll::Ready(Ok(Some(answer)));
                }
                let reply = receive.as_mut().poll(context);
                reply.map_ok(|reply| {
                    if reply.number == number {
                        return Some(reply.answer);
                    }
                    self.deliver(reply);
                    None
                })
            });
            if let Some(answer) = received.await? {
                return Ok(answer);
            }
        }
    }

    /// The answer to an awaited call, if another call has received it;
    /// otherwise its task is to be woken.
    fn poll_delivered(&self, number: u32, context: &Context) -> Option<Result<Answer, Error>> {
        let again = Awaited {
            answer: None,
            waker: context.waker().clone(),
        };
        // Dropped after the borrow: a waker may be the last to keep a task, and
        // with it other calls.
        let before = self.awaited.borrow_mut().insert(number, again);
        before?.answer
    }
}

impl Replies {
    async fn receive_async(&self, server: &Sentinel) -> Result<Reply, Error> {
        if !self.is_answered.get() {
            wait_async(&[&self.from, server], None).await;
            self.must_be_readable()?;
        }
        let reply = self.from.recv_async().await?;
        self.is_answered.set(true);
        Ok(reply)
    }

    /// After a wait for the first answer or the server's end: was there an
    /// answer, which another call may have received since?
    fn must_be_readable(&self) -> Result<(), Error> {
        if self.is_answered.get() || self.from.poll(Duration::ZERO)? {
            Ok(())
        } else {
            Err(Error::EOFError)
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // When the thread itself ends there may be no table of links any more.
        let _ = LINKS.try_with(|links| links.borrow_mut().remove(&self.server.pid));
        if let Some(replies) = self.replies.get() {
            let caller = Caller {
                client: replies.token.id(),
                number: 0,
            };
            let _ = self.server.send(caller, Body::Unregister);
        }
    }
}

/// An awaited call, until it is answered or given up.
struct Registration<'a> {
    link: &'a Link,
    number: u32,
}

impl Drop for Registration<'_> {
    fn drop(&mut self) {
        let own = self.link.awaited.borrow_mut().remove(&self.number);
        // After the borrow, as in `poll_delivered`.
        drop(own);
    }
}
