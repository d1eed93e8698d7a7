//! A client's connection to a server. Each thread has one for each server.
//!
//! The requests of all clients go through one pipe. The answers to a client come
//! through a pipe of its own. Neither pipe is ever full, so a client waits only for
//! answers.

use super::{
    message::{Answer, Body, Caller, Id, Init, Reply},
    server_process::Address,
};
use crate::{
    Connection, Error, Sentinel,
    connection::{one_way_pipe, wait, wait_async},
    kernel::blocking,
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

/// The capacity of a pipe without a limit.
const UNLIMITED: u32 = u32::MAX;

/// Makes the pipe for requests; returns the server's end and the clients' end.
pub(super) fn request_pipe() -> Result<(Connection, Connection), Error> {
    one_way_pipe(UNLIMITED)
}

/// The pipe for the answers to this client.
struct Replies {
    /// Its number identifies this client.
    token: Token,
    from: Connection,
    /// Whether the server has answered at least once. From then on only the server
    /// keeps the other end of the pipe open, so that end closes when the server dies.
    /// Before that, the end may be in a request that nobody has received.
    is_answered: Cell<bool>,
}

/// A call of an `async` function: its answer, once it has been received, and the task
/// that is woken then.
struct Awaited {
    answer: Option<Result<Answer, Error>>,
    waker: Waker,
}

pub(super) struct Link {
    pub(super) server: Rc<Address>,
    replies: OnceCell<Replies>,
    next_number: Cell<u32>,
    /// The calls that wait for an answer, by number. An answer to any other call is
    /// dropped, because nobody waits for it any more.
    awaited: RefCell<BTreeMap<u32, Awaited>>,
}

thread_local! {
    static LINKS: RefCell<BTreeMap<u32, Weak<Link>>> = const { RefCell::new(BTreeMap::new()) };
}

impl Link {
    /// This thread's link to the server.
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

    /// Creates an object in the server. This takes no round trip.
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

    /// Tells the server that this process has no proxy of the object any more.
    pub(super) fn dropped(&self, object: Id) {
        // Ignored: a server that has ended has no objects.
        let _ = self
            .server
            .send(Caller::default(), Body::Dropped { object });
    }

    /// Sends a request and waits for the answer.
    pub(super) fn call(
        &self,
        (call, instead): (&'static str, &'static str),
        body: Body,
    ) -> Result<Answer, Error> {
        // Checked before anything is sent, because on the page nobody would receive the
        // answer.
        if !may_block() {
            return Err(Error::blocking_on_page(call, instead));
        }
        // A call that was interrupted would be lost together with its answer.
        let answer = blocking::interruptible(false, || {
            self.ask(body).and_then(|number| self.answer(number))
        });
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

    /// Sends a request that the server answers; returns the number of the answer.
    fn ask(&self, body: Body) -> Result<u32, Error> {
        let client = self.replies()?.token.id();
        let number = self.next_number.get();
        self.next_number.set(number.wrapping_add(1));
        self.server.send(Caller { client, number }, body)?;
        Ok(number)
    }

    /// The pipe for the answers. The first call registers this client with the server.
    fn replies(&self) -> Result<&Replies, Error> {
        if let Some(replies) = self.replies.get() {
            return Ok(replies);
        }
        let token = Token::new()?;
        let (from, to) = one_way_pipe(UNLIMITED)?;
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

    /// Waits for the answer with this number.
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

    /// Gives an answer to the call that waits for it.
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

    /// Waits for the answer with this number. Several calls can wait at once. Each of
    /// them receives answers and gives those of the others to them, so none depends on
    /// the task of another.
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

    /// The answer, if another call has received it. Otherwise stores the task, which is
    /// woken when the answer arrives.
    fn poll_delivered(&self, number: u32, context: &Context) -> Option<Result<Answer, Error>> {
        let again = Awaited {
            answer: None,
            waker: context.waker().clone(),
        };
        // Dropped after the borrow has ended: dropping a waker may drop a task, and
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

    /// Called after waiting for the first answer or the end of the server. It is an
    /// error if there is no answer, unless another call has received one in the
    /// meantime.
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
        // When the thread is ending, the table of links may be gone already.
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

/// A call that waits for its answer. Dropping this removes the call.
struct Registration<'a> {
    link: &'a Link,
    number: u32,
}

impl Drop for Registration<'_> {
    fn drop(&mut self) {
        let own = self.link.awaited.borrow_mut().remove(&self.number);
        // Dropped after the borrow has ended, as in `poll_delivered`.
        drop(own);
    }
}
