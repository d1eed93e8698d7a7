//! A client's way to the server: one per process and manager.

use super::{
    message::{Answer, Method, Name, Reply, Request, Seed},
    obituary::Obituary,
    question::Question,
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
    rc::{Rc, Weak},
    task::Waker,
    time::Duration,
};

/// A pipe that is never full: nobody waits for a slow reader.
const ANY_NUMBER: u32 = u32::MAX;

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

    /// Asks.
    pub(super) fn ask(self: &Rc<Self>, object: Name, ask: Ask) -> Result<Question, Error> {
        let number = self.number();
        self.say_with_replies(|replies| Request::Call {
            client: replies.token.number(),
            pid: own_pid(),
            number,
            object,
            timeout: ask.timeout.map(|time| time.as_micros() as u64),
            method: ask.method,
        })?;
        Ok(Question::new(self, object, number))
    }

    /// Asks how many objects there are.
    fn ask_count(self: &Rc<Self>) -> Result<Question, Error> {
        let number = self.number();
        self.say_with_replies(|replies| Request::Count {
            client: replies.token.number(),
            number,
        })?;
        Ok(Question::new(self, 0, number))
    }

    fn say_with_replies(&self, request: impl FnOnce(&Replies) -> Request) -> Result<(), Error> {
        self.say(&request(self.replies()?))
    }

    fn number(&self) -> u32 {
        let number = self.next.get();
        self.next.set(number.wrapping_add(1));
        number
    }

    /// Asks and does not wait: the answer is thrown away.
    pub(super) fn tell(self: &Rc<Self>, object: Name, method: Method) {
        let timeout = None;
        if let Ok(question) = self.ask(object, Ask { method, timeout }) {
            question.leave();
        }
    }

    /// Asks and waits for the answer.
    pub(super) fn call(
        self: &Rc<Self>,
        call: &'static str,
        instead: &'static str,
        object: Name,
        ask: Ask,
    ) -> Result<Answer, Error> {
        // Before the question: on the page its answer would never be seen.
        if !may_block() {
            return Err(Error::BlockingOnPage { call, instead });
        }
        match self.ask(object, ask) {
            Ok(question) => question.answer(),
            Err(error) => Err(self.explain(error)),
        }
    }

    /// [`Link::call`] for the page.
    pub(super) async fn call_async(
        self: &Rc<Self>,
        object: Name,
        ask: Ask,
    ) -> Result<Answer, Error> {
        match self.ask(object, ask) {
            Ok(question) => question.answer_async().await,
            Err(error) => Err(self.explain_async(error).await),
        }
    }

    /// How many objects the server has.
    pub(super) fn count(
        self: &Rc<Self>,
        call: &'static str,
        instead: &'static str,
    ) -> Result<u64, Error> {
        if !may_block() {
            return Err(Error::BlockingOnPage { call, instead });
        }
        match self.ask_count() {
            Ok(question) => question.answer()?.number(),
            Err(error) => Err(self.explain(error)),
        }
    }

    /// [`Link::count`] for the page.
    pub(super) async fn count_async(self: &Rc<Self>) -> Result<u64, Error> {
        match self.ask_count() {
            Ok(question) => question.answer_async().await?.number(),
            Err(error) => Err(self.explain_async(error).await),
        }
    }

    /// Says that nobody waits for that answer any more.
    pub(super) fn give_up(&self, object: Name, number: u32) {
        if let Some(replies) = self.replies.get() {
            let _ = self.say(&Request::GiveUp {
                client: replies.token.number(),
                number,
                object,
            });
        }
    }

    /// The answer to that question is not wanted.
    pub(super) fn ignore(&self, number: u32) {
        if self.early.borrow_mut().remove(&number).is_none() {
            self.given_up.borrow_mut().insert(number);
        }
    }

    /// Is that answer here?
    pub(super) fn has(&self, number: u32) -> bool {
        self.early.borrow().contains_key(&number)
    }

    /// That answer, if it is here.
    pub(super) fn take(&self, number: u32) -> Option<Answer> {
        self.early.borrow_mut().remove(&number)
    }

    /// What came; `None` if nobody wants it.
    fn sort(&self, reply: Reply) -> Option<Reply> {
        let unwanted = self.given_up.borrow_mut().remove(&reply.number);
        (!unwanted).then_some(reply)
    }

    fn keep(&self, reply: Reply) {
        if let Some(Reply { number, answer }) = self.sort(reply) {
            self.early.borrow_mut().insert(number, answer);
        }
    }

    /// Waits until an answer comes, at most so long, and keeps it; did one?
    pub(super) fn read(&self, time: Option<Duration>) -> Result<bool, Error> {
        let replies = self.replies()?;
        if !replies.known.get() {
            if wait(&[&replies.from, &self.address.sentinel], time)?.is_empty() {
                return Ok(false);
            }
            self.check(replies)?;
        } else if let Some(time) = time
            && !replies.from.poll(time)?
        {
            return Ok(false);
        }
        let reply = replies.from.recv()?;
        replies.known.set(true);
        self.keep(reply);
        Ok(true)
    }

    /// Keeps the answers that are there; an error when no more will come.
    pub(super) fn read_all(&self) -> Result<(), Error> {
        // Somebody else reads them: there is but one reader.
        if self.reading.get() {
            return Ok(());
        }
        let replies = self.replies()?;
        // Before: all that it said is then there to be read.
        let over = self.address.sentinel.is_ready();
        while replies.from.waiting()? > 0 {
            let reply = replies.from.recv()?;
            replies.known.set(true);
            self.keep(reply);
        }
        if over { Err(Error::EOFError) } else { Ok(()) }
    }

    /// Waits for that answer.
    pub(super) fn wait_for(&self, number: u32) -> Result<Answer, Error> {
        if let Some(answer) = self.take(number) {
            return Ok(answer);
        }
        let replies = self.replies()?;
        if !replies.known.get() {
            wait(&[&replies.from, &self.address.sentinel], None)?;
            self.check(replies)?;
        }
        loop {
            let reply: Reply = replies.from.recv()?;
            replies.known.set(true);
            match self.sort(reply) {
                Some(reply) if reply.number == number => return Ok(reply.answer),
                Some(Reply { number, answer }) => {
                    self.early.borrow_mut().insert(number, answer);
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

    /// On the page: does somebody read? Then `waker` is woken when it ends.
    pub(super) fn is_read(&self, waker: &Waker) -> bool {
        let reads = self.reading.get();
        if reads {
            self.wakers.borrow_mut().push(waker.clone());
        }
        reads
    }

    /// [`Link::read`] for the page, where one reads for all.
    pub(super) async fn read_async(&self) -> Result<(), Error> {
        self.reading.set(true);
        let _reading = Reading(self);
        let replies = self.replies()?;
        if !replies.known.get() {
            wait_async(&[&replies.from, &self.address.sentinel], None).await;
            self.check(replies)?;
        }
        let reply = replies.from.recv_async().await?;
        replies.known.set(true);
        self.keep(reply);
        Ok(())
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

/// Somebody reads the answers.
struct Reading<'a>(&'a Link);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.reading.set(false);
        for waker in self.0.wakers.take() {
            waker.wake();
        }
    }
}
