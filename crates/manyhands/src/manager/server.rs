//! The server: a loop that waits only for the next request.

use super::{
    exit_record::ExitRecord,
    message::{Answer, Body, Caller, Id, Reply},
    object::Object,
    proxy::mark_as_server,
};
use crate::{Connection, Error, Sentinel, connection::Pickle, shared::Token};
use std::collections::HashMap;

/// Runs the server until it is told to end or no living process can send a request to
/// it.
pub(super) fn serve(requests: Connection, exit_record: ExitRecord) {
    mark_as_server();
    exit_record.clone().write_on_panic();
    let mut server = Server {
        clients: Clients::default(),
        objects: HashMap::new(),
        sweep_at: FIRST_SWEEP,
    };
    loop {
        match requests.recv::<(Caller, Pickle)>() {
            Ok((caller, body)) => match body.load() {
                Ok(Body::ShutDown) => break,
                Ok(body) => server.handle(caller, body),
                Err(error) => {
                    let text = format!("the manager's server cannot read the request: {error}");
                    server
                        .clients
                        .answer(caller, Err(Error::PicklingError(text)));
                }
            },
            // Not even the caller could be read, so there is nobody to answer.
            Err(Error::PicklingError(_)) => {}
            Err(_) => break,
        }
    }
    exit_record.write(0, "");
}

/// An object, and the token that shows whether any process or other object still has
/// it.
struct Entry {
    token: Token,
    object: Object,
}

/// The number of objects at which the first sweep happens.
const FIRST_SWEEP: usize = 64;

struct Server {
    clients: Clients,
    objects: HashMap<Id, Entry>,
    /// The number of objects at which the next sweep removes those that nobody has.
    sweep_at: usize,
}

impl Server {
    fn handle(&mut self, caller: Caller, body: Body) {
        match body {
            Body::Call { object, method } => {
                let answer = match self.objects.get_mut(&object) {
                    Some(entry) => entry.object.call(method),
                    None => Err(Error::ValueError(
                        "the manager's object is gone: nobody had it any more".into(),
                    )),
                };
                self.clients.answer(caller, answer);
            }
            Body::CountObjects => {
                self.sweep();
                let count = self.objects.len() as u64;
                self.clients.answer(caller, Ok(Answer::Number(count)));
            }
            Body::Register { sentinel, replies } => {
                let client = Client { sentinel, replies };
                self.clients.register(caller.client, client);
            }
            Body::Unregister => self.clients.unregister(caller.client),
            Body::Create { token, init } => {
                if self.objects.len() >= self.sweep_at {
                    self.sweep();
                }
                let object = Object::new(init);
                self.objects.insert(token.id(), Entry { token, object });
            }
            Body::Dropped { object } => {
                let entry = self.objects.get(&object);
                if entry.is_some_and(|entry| entry.token.is_last()) {
                    self.objects.remove(&object);
                }
            }
            Body::ShutDown => {}
        }
    }

    /// Removes the objects that nobody has: those of processes that died, and those
    /// that were only in removed objects. Removes dead clients.
    fn sweep(&mut self) {
        loop {
            let before = self.objects.len();
            self.objects.retain(|_, entry| !entry.token.is_last());
            // Repeated as long as objects are removed: an object that was only in a
            // removed one is not needed any more.
            if self.objects.len() == before {
                break;
            }
        }
        self.sweep_at = 2 * self.objects.len() + FIRST_SWEEP;
        self.clients.forget_the_dead();
    }
}

struct Client {
    /// `None` for the page, which exists as long as the program.
    sentinel: Option<Sentinel>,
    replies: Connection,
}

/// The clients, by the numbers of their tokens.
#[derive(Default)]
struct Clients(HashMap<Id, Client>);

impl Clients {
    fn register(&mut self, id: Id, client: Client) {
        self.0.insert(id, client);
    }

    fn unregister(&mut self, id: Id) {
        self.0.remove(&id);
    }

    fn forget_the_dead(&mut self) {
        let is_dead = |sentinel: &Sentinel| sentinel.is_ready();
        (self.0).retain(|_, client| !client.sentinel.as_ref().is_some_and(is_dead));
    }

    /// Answers a call. This never waits, because the client's pipe is never full.
    fn answer(&mut self, caller: Caller, answer: Result<Answer, Error>) {
        let Some(client) = self.0.get(&caller.client) else {
            return;
        };
        let number = caller.number;
        let send = |answer| client.replies.send(&Reply { number, answer });
        let sent = match send(answer) {
            // The answer is too large, so the error is sent instead.
            Err(error @ Error::MemoryError { .. }) => send(Err(error)),
            sent => sent,
        };
        if sent.is_err() {
            // Closes the client's pipe. If the client is alive, it then does not wait
            // for an answer that will never come.
            self.unregister(caller.client);
        }
    }
}
