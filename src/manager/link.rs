//! A client's way to the server: one per process and manager.

use super::{
    message::{Answer, Method, Name, Reply, Request, Seed},
    obituary::Obituary,
};
use crate::{
    Connection, Error, Sentinel,
    connection::{one_way_pipe, wait, wait_async},
    process::{may_block, own_pid},
    shared::Token,
};
use serde::{Deserialize, Serialize};
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{HashMap, HashSet},
    future::poll_fn,
    rc::{Rc, Weak},
    task::{Poll, Waker},
    time::Duration,
};

/// A pipe that is never full: nobody waits for a slow reader.
const ANY_NUMBER: u32 = u32::MAX;
/// From the moment a process lets go of what it held to its end.
const LAST_BREATH: Duration = Duration::from_secs(1);

/// Where a server is to be found.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Address {
    /// The pid of the server: no other process ever has it.
    pub(super) server: u32,
    pub(super) sentinel: Sentinel,
    pub(super) requests: Connection,
    pub(super) obituary: Obituary,
}

/// The pipe on which a server is asked: its end, and the clients'.
pub(super) fn requests() -> Result<(Connection, Connection), Error> {
    one_way_pipe(ANY_NUMBER)
}

/// A call that is to be made: it ends by itself after `timeout`.
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) timeout: Option<Duration>,
}

/// Where the answers come.
struct Replies {
    token: Token,
    from: Connection,
    /// The server has answered at least once: from then on nobody else keeps
    /// the pipe's other end open, which so tells of the server's death.
    known: Cell<bool>,
}

/// One process's way to one server.
pub(super) struct Link {
    pub(super) address: Address,
    replies: OnceCell<Replies>,
    next: Cell<u32>,
    /// Answers that came while another one was waited for.
    early: RefCell<HashMap<u32, Answer>>,
    /// Questions whose answers nobody wants any more.
    given_up: RefCell<HashSet<u32>>,
    /// Of several that await an answer, one reads for all.
    reading: Cell<bool>,
    wakers: RefCell<Vec<Waker>>,
}

thread_local! {
    static LINKS: RefCell<HashMap<u32, Weak<Link>>> = RefCell::default();
}

impl Link {
    /// The link to that server.
    pub(super) fn to(address: Address) -> Rc<Link> {
        LINKS.with_borrow_mut(|links| {
            if let Some(link) = links.get(&address.server).and_then(Weak::upgrade) {
                return link;
            }
            let link = Rc::new(Link {
                address,
                replies: OnceCell::new(),
                next: Cell::new(0),
                early: RefCell::default(),
                given_up: RefCell::default(),
                reading: Cell::new(false),
                wakers: RefCell::default(),
            });
            links.insert(link.address.server, Rc::downgrade(&link));
            link
        })
    }

    /// Says something; nobody ever waits to say it.
    pub(super) fn say(&self, request: &Request) -> Result<(), Error> {
        self.address.requests.send(request)
    }

    /// Makes an object.
    pub(super) fn create(&self, seed: Seed) -> Result<Token, Error> {
        let token = Token::new()?;
        let request = Request::Create {
            token: token.clone(),
            seed,
        };
        match self.say(&request) {
            Ok(()) => Ok(token),
            Err(error) => Err(self.explain(error)),
        }
    }

    /// Where the answers come; says hello the first time.
    fn replies(&self) -> Result<&Replies, Error> {
        if let Some(replies) = self.replies.get() {
            return Ok(replies);
        }
        let token = Token::new()?;
        let (from, to) = one_way_pipe(ANY_NUMBER)?;
        self.say(&Request::Hello {
            client: token.number(),
            pid: own_pid(),
            sentinel: Sentinel::own(),
            replies: to,
        })?;
        Ok(self.replies.get_or_init(|| Replies {
            token,
            from,
            known: Cell::new(false),
        }))
    }

    /// Asks; the number of the question.
    fn ask(&self, object: Name, ask: Ask) -> Result<(u32, &Replies), Error> {
        let replies = self.replies()?;
        let number = self.number();
        self.say(&Request::Call {
            client: replies.token.number(),
            pid: own_pid(),
            number,
            object,
            timeout: ask.timeout.map(|time| time.as_micros() as u64),
            method: ask.method,
        })?;
        Ok((number, replies))
    }

    /// Asks and does not wait: the answer is thrown away.
    pub(super) fn tell(&self, object: Name, method: Method) {
        let timeout = None;
        if let Ok((number, _)) = self.ask(object, Ask { method, timeout }) {
            self.given_up.borrow_mut().insert(number);
        }
    }

    fn ask_count(&self) -> Result<(u32, &Replies), Error> {
        let replies = self.replies()?;
        let number = self.number();
        let client = replies.token.number();
        self.say(&Request::Count { client, number })?;
        Ok((number, replies))
    }

    fn number(&self) -> u32 {
        let number = self.next.get();
        self.next.set(number.wrapping_add(1));
        number
    }

    /// Asks and waits for the answer.
    pub(super) fn call(
        &self,
        call: &'static str,
        instead: &'static str,
        object: Name,
        ask: Ask,
    ) -> Result<Answer, Error> {
        // Before the question: on the page its answer would never be seen.
        if !may_block() {
            return Err(Error::BlockingOnPage { call, instead });
        }
        let asked = self.ask(object, ask);
        let answer = asked.and_then(|(number, replies)| self.answer(number, replies));
        answer.map_err(|error| self.explain(error))
    }

    /// [`Link::call`] for the page.
    pub(super) async fn call_async(&self, object: Name, ask: Ask) -> Result<Answer, Error> {
        let answer = match self.ask(object, ask) {
            Ok((number, replies)) => self.answer_async(number, object, replies).await,
            Err(error) => Err(error),
        };
        match answer {
            Err(error) => Err(self.explain_async(error).await),
            answer => answer,
        }
    }

    /// How many objects the server has.
    pub(super) fn count(&self, call: &'static str, instead: &'static str) -> Result<u64, Error> {
        if !may_block() {
            return Err(Error::BlockingOnPage { call, instead });
        }
        let asked = self.ask_count();
        let answer = asked.and_then(|(number, replies)| self.answer(number, replies));
        answer.map_err(|error| self.explain(error))?.number()
    }

    /// [`Link::count`] for the page.
    pub(super) async fn count_async(&self) -> Result<u64, Error> {
        let answer = match self.ask_count() {
            Ok((number, replies)) => self.answer_async(number, 0, replies).await,
            Err(error) => Err(error),
        };
        match answer {
            Err(error) => Err(self.explain_async(error).await),
            Ok(answer) => answer.number(),
        }
    }

    /// What came; `None` if nobody wants it.
    fn sort(&self, reply: Reply) -> Option<Reply> {
        let unwanted = self.given_up.borrow_mut().remove(&reply.number);
        (!unwanted).then_some(reply)
    }

    fn answer(&self, number: u32, replies: &Replies) -> Result<Answer, Error> {
        if !replies.known.get() {
            wait(&[&replies.from, &self.address.sentinel], None)?;
            self.check(replies)?;
        }
        loop {
            let reply: Reply = replies.from.recv()?;
            replies.known.set(true);
            match self.sort(reply) {
                Some(reply) if reply.number == number => return finish(reply.answer),
                Some(reply) => {
                    self.early.borrow_mut().insert(reply.number, reply.answer);
                }
                None => {}
            }
        }
    }

    /// After a first wait: is there an answer, or did the server die?
    fn check(&self, replies: &Replies) -> Result<(), Error> {
        if replies.from.poll(Duration::ZERO)? {
            Ok(())
        } else {
            Err(Error::EOFError)
        }
    }

    async fn answer_async(
        &self,
        number: u32,
        object: Name,
        replies: &Replies,
    ) -> Result<Answer, Error> {
        let mut wish = Wish {
            link: self,
            client: replies.token.number(),
            object,
            number,
            reads: false,
            fulfilled: false,
        };
        loop {
            // Another one may be reading: it wakes us when something has come.
            let early = poll_fn(|context| {
                if let Some(answer) = self.early.borrow_mut().remove(&number) {
                    return Poll::Ready(Some(answer));
                }
                if self.reading.get() {
                    self.wakers.borrow_mut().push(context.waker().clone());
                    return Poll::Pending;
                }
                Poll::Ready(None)
            })
            .await;
            if let Some(answer) = early {
                wish.fulfilled = true;
                return finish(answer);
            }
            self.reading.set(true);
            wish.reads = true;
            let came = self.next_reply(replies).await;
            wish.stop_reading();
            let reply = match came {
                Ok(reply) => reply,
                Err(error) => {
                    wish.fulfilled = true;
                    return Err(error);
                }
            };
            match self.sort(reply) {
                Some(reply) if reply.number == number => {
                    wish.fulfilled = true;
                    return finish(reply.answer);
                }
                Some(reply) => {
                    self.early.borrow_mut().insert(reply.number, reply.answer);
                }
                None => {}
            }
        }
    }

    async fn next_reply(&self, replies: &Replies) -> Result<Reply, Error> {
        if !replies.known.get() {
            wait_async(&[&replies.from, &self.address.sentinel], None).await;
            self.check(replies)?;
        }
        let reply = replies.from.recv_async().await?;
        replies.known.set(true);
        Ok(reply)
    }

    fn wake(&self) {
        for waker in self.wakers.take() {
            waker.wake();
        }
    }

    /// A closed pipe means that the server died: of what?
    fn explain(&self, error: Error) -> Error {
        if !matches!(error, Error::EOFError | Error::BrokenPipeError) {
            return error;
        }
        match self.address.sentinel.wait_timeout(LAST_BREATH) {
            // It hung up on this process only, for want of memory.
            Ok(false) => Error::BrokenPipeError,
            _ => self.epitaph(),
        }
    }

    async fn explain_async(&self, error: Error) -> Error {
        if !matches!(error, Error::EOFError | Error::BrokenPipeError) {
            return error;
        }
        let ended = wait_async(&[&self.address.sentinel], Some(LAST_BREATH)).await;
        if ended.is_empty() {
            Error::BrokenPipeError
        } else {
            self.epitaph()
        }
    }

    fn epitaph(&self) -> Error {
        super::server_ended(self.address.server, &self.address.obituary);
        let Address {
            sentinel, obituary, ..
        } = &self.address;
        let (exit_code, text) = match obituary.read() {
            Some((code, text)) => (Some(code), text),
            None => (sentinel.exit_code(), String::new()),
        };
        Error::ManagerDied { exit_code, text }
    }
}

fn finish(answer: Answer) -> Result<Answer, Error> {
    match answer {
        Answer::Fault(fault) => Err(fault.into()),
        answer => Ok(answer),
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // At the thread's own end there is nothing left to forget.
        let _ = LINKS.try_with(|links| links.borrow_mut().remove(&self.address.server));
        if let Some(replies) = self.replies.get() {
            let client = replies.token.number();
            let _ = self.say(&Request::Bye { client });
        }
    }
}

/// Somebody awaits an answer. Dropped before it has come, it is given up.
struct Wish<'a> {
    link: &'a Link,
    client: Name,
    object: Name,
    number: u32,
    reads: bool,
    fulfilled: bool,
}

impl Wish<'_> {
    fn stop_reading(&mut self) {
        if std::mem::take(&mut self.reads) {
            self.link.reading.set(false);
            self.link.wake();
        }
    }
}

impl Drop for Wish<'_> {
    fn drop(&mut self) {
        self.stop_reading();
        if self.fulfilled {
            return;
        }
        if self.link.early.borrow_mut().remove(&self.number).is_some() {
            return;
        }
        self.link.given_up.borrow_mut().insert(self.number);
        let _ = self.link.say(&Request::GiveUp {
            client: self.client,
            number: self.number,
            object: self.object,
        });
    }
}
