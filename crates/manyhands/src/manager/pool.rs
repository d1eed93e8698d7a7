//! A pool in the server.

use super::{
    desk::{Caller, Desk, Waiting},
    message::{Answer, Fault, Method, Name},
    server::{Awaits, Object, no_such_method},
};
use crate::{
    Error, Sentinel,
    connection::Waitable,
    pool::{
        engine::Engine,
        job::{Chunk, ChunkOutcome, Job},
        message::CancelToken,
        plan::Plan,
    },
    process::{Call, Returned},
};
use serde::{Deserialize, Serialize};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap},
    rc::Rc,
    time::Duration,
};

/// What a pool can be asked.
#[derive(Serialize, Deserialize)]
pub(super) enum PoolCall {
    /// Runs chunks of items, each with how many there are; the first item's
    /// number in the whole call.
    Run {
        first: u32,
        chunks: Vec<(u32, Call)>,
    },
    Pids,
    Close,
    Terminate,
    Join,
}

/// A call of a client's, and by which number it was asked.
type Asked = (Name, u32);

/// The chunks of one call, as far as they are known.
struct Errand {
    caller: Caller,
    cancel: CancelToken,
    chunks: usize,
    /// By their first item.
    outcomes: RefCell<Vec<(usize, Result<Returned, Fault>)>>,
    /// Nobody waits for it any more.
    given_up: Cell<bool>,
    /// Where it says that all is known.
    done: Rc<RefCell<Vec<Asked>>>,
}

impl Errand {
    fn asked(&self) -> Asked {
        (self.caller.client, self.caller.number)
    }
}

impl Job for Errand {
    fn chunk_done(&self, done: ChunkOutcome) {
        let outcome = done.result.map_err(Fault::from);
        let mut outcomes = self.outcomes.borrow_mut();
        outcomes.push((done.items.start, outcome));
        if outcomes.len() == self.chunks {
            self.done.borrow_mut().push(self.asked());
        }
    }

    fn submit_more(self: Rc<Self>) -> bool {
        false
    }

    // All of its chunks are on their way, and fail by themselves.
    fn pool_failed(&self, _: &Error) {}
}

/// Something to wait for, and how many calls depend on it.
type Counted = (Sentinel, usize);

/// A pool in the server.
pub(super) struct Crew {
    /// Or why it could not be made.
    engine: Result<Rc<Engine>, Fault>,
    errands: HashMap<Asked, Rc<Errand>>,
    done: Rc<RefCell<Vec<Asked>>>,
    joiners: Waiting<()>,
    /// The ends of the clients whose calls are under way.
    callers: BTreeMap<Name, Counted>,
    /// The ends of workers, and how often to look after long tasks.
    watch: (Vec<Sentinel>, Option<Duration>),
}

impl Crew {
    pub(super) fn new(plan: Plan) -> Crew {
        let engine = Engine::new(plan).map_err(Fault::from);
        let watch = engine.as_ref().map(|engine| engine.to_watch());
        Crew {
            watch: watch.unwrap_or_default(),
            engine,
            errands: HashMap::new(),
            done: Rc::default(),
            joiners: Waiting::default(),
            callers: BTreeMap::new(),
        }
    }

    fn run(
        &mut self,
        engine: &Rc<Engine>,
        caller: Caller,
        (first, chunks): (u32, Vec<(u32, Call)>),
        desk: &mut Desk,
    ) {
        if let Err(error) = engine.check_running() {
            desk.answer(&caller, Fault::from(error).into());
            return;
        }
        if chunks.is_empty() {
            desk.answer(&caller, Answer::Chunks(Vec::new()));
            return;
        }
        if let Some(end) = desk.end_of(&caller) {
            let (_, errands) = self.callers.entry(caller.client).or_insert((end, 0));
            *errands += 1;
        }
        let errand = Rc::new(Errand {
            caller,
            cancel: engine.new_cancel_token(),
            chunks: chunks.len(),
            outcomes: RefCell::default(),
            given_up: Cell::new(false),
            done: self.done.clone(),
        });
        self.errands.insert(errand.asked(), errand.clone());
        let mut next = first as usize;
        for (count, call) in chunks {
            let items = next..next + count.max(1) as usize;
            next += count as usize;
            let submitted = engine.submit(Chunk {
                job: errand.clone(),
                cancel: errand.cancel,
                items: items.clone(),
                call,
                worker: None,
                claims: None,
            });
            if let Err(error) = submitted {
                errand.chunk_done(ChunkOutcome::failed(items, error));
            }
        }
    }

    /// Answers the calls of which all is known.
    fn answer(&mut self, engine: &Engine, desk: &mut Desk) {
        for asked in self.done.take() {
            let Some(errand) = self.errands.remove(&asked) else {
                continue;
            };
            engine.release(errand.cancel);
            if let Some((_, errands)) = self.callers.get_mut(&asked.0) {
                *errands -= 1;
                if *errands == 0 {
                    self.callers.remove(&asked.0);
                }
            }
            if !errand.given_up.get() {
                let mut outcomes = errand.outcomes.take();
                outcomes.sort_unstable_by_key(|(first, _)| *first);
                let outcomes = outcomes.into_iter().map(|(_, outcome)| outcome);
                desk.answer(&errand.caller, Answer::Chunks(outcomes.collect()));
            }
        }
        if engine.is_over() {
            for (caller, ()) in self.joiners.take_all() {
                desk.answer(&caller, Answer::Done);
            }
        }
    }

    /// Gives up what the dead have asked for.
    fn forget_the_dead(&mut self, engine: &Engine) {
        let dead = self.callers.extract_if(.., |_, (end, _)| end.is_ready());
        let dead: Vec<Name> = dead.map(|(client, _)| client).collect();
        for client in dead {
            let all = self.errands.values();
            for errand in all.filter(|errand| errand.caller.client == client) {
                errand.given_up.set(true);
                engine.cancel(errand.cancel);
            }
        }
    }
}

impl Object for Crew {
    fn call(&mut self, caller: Caller, method: Method, desk: &mut Desk) {
        let Method::Pool(call) = method else {
            return no_such_method(&caller, desk);
        };
        let engine = match &self.engine {
            Ok(engine) => engine.clone(),
            Err(fault) => {
                desk.answer(&caller, fault.clone().into());
                return;
            }
        };
        match call {
            PoolCall::Run { first, chunks } => self.run(&engine, caller, (first, chunks), desk),
            PoolCall::Pids => {
                desk.answer(&caller, Answer::Pids(engine.pids()));
            }
            PoolCall::Close => {
                engine.close();
                desk.answer(&caller, Answer::Done);
            }
            PoolCall::Terminate => {
                engine.terminate();
                desk.answer(&caller, Answer::Done);
            }
            PoolCall::Join => match engine.check_joinable() {
                Ok(()) => self.joiners.push(caller, ()),
                Err(error) => {
                    desk.answer(&caller, Fault::from(error).into());
                }
            },
        }
    }

    fn expire(&mut self, client: Name, number: u32, desk: &mut Desk) {
        if let Some((caller, ())) = self.joiners.remove(client, number) {
            desk.answer(&caller, Answer::Done);
        }
        let errand = self.errands.get(&(client, number));
        if let (Some(errand), Ok(engine)) = (errand, &self.engine)
            && !errand.given_up.replace(true)
        {
            engine.cancel(errand.cancel);
            desk.answer(&errand.caller, Fault::Cancelled.into());
        }
    }

    fn awaits(&self) -> Option<Awaits<'_>> {
        let engine = self.engine.as_ref().ok()?;
        let (ends, time) = &self.watch;
        let callers = self.callers.values().map(|(end, _)| end);
        let ends = ends.iter().chain(callers).map(|end| end as &dyn Waitable);
        let reports: &dyn Waitable = &engine.shared.reports;
        Some(Awaits {
            things: std::iter::once(reports).chain(ends).collect(),
            time: *time,
        })
    }

    fn pump(&mut self, desk: &mut Desk) {
        let Ok(engine) = self.engine.clone() else {
            return;
        };
        self.forget_the_dead(&engine);
        engine.pump();
        self.answer(&engine, desk);
        self.watch = engine.to_watch();
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        if let Ok(engine) = &self.engine {
            engine.terminate();
        }
    }
}
