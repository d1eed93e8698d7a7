//! Who works in a pool: a seat for every worker, on which one sits after
//! another.
//!
//! Must not know jobs, nor why a worker is wanted or has ended.

use crate::{
    Error, Process, Queue, Sentinel,
    pool::{
        kind::Hands,
        plan::Plan,
        task::{Board, Order},
        worker::{Contract, work},
    },
};

/// A worker and its end.
pub(super) type Worker = (Process<()>, Sentinel);

/// In `Board::runs`: it is not up yet.
const NOT_UP: u32 = u32::MAX;

/// Starts a worker for the seat of this number.
pub(super) fn hire(
    plan: &Plan,
    board: &Board,
    number: u32,
    own: &Queue<Order>,
) -> Result<Worker, Error> {
    board.tickets.set(number as usize, 0)?;
    board.runs.set(number as usize, NOT_UP)?;
    let contract = Contract {
        seat: number,
        board: board.clone(),
        own: own.clone(),
        initializer: plan.initializer.clone(),
        max_tasks: plan.max_tasks,
        owner: Sentinel::own(),
    };
    let mut builder = Process::builder().daemon(true);
    match plan.hands {
        Hands::Processes(None) => {}
        Hands::Processes(Some(method)) => builder = builder.start_method(method),
        #[cfg(feature = "threads")]
        Hands::Threads => builder = builder.thread(),
    }
    let process = builder.spawn(work, contract)?;
    let sentinel = process.sentinel()?;
    Ok((process, sentinel))
}

/// Was the last worker on this seat up, after its initializer?
pub(super) fn was_up(board: &Board, number: u32) -> bool {
    board.runs.get(number as usize) != Ok(NOT_UP)
}

/// One worker after another sits here.
pub(super) struct Seat {
    /// Who sits here, or sat here last.
    pub(super) worker: Option<Worker>,
    pub(super) own: Queue<Order>,
    pub(super) own_puts: u32,
    /// How many in a row died before they were up.
    pub(super) stillborn: u32,
    /// Killed because its task took too long.
    pub(super) timed_out: bool,
    pub(super) vacant: bool,
}

impl Seat {
    pub(super) fn new(own: Queue<Order>, worker: Option<Worker>) -> Seat {
        Seat {
            vacant: worker.is_none(),
            worker,
            own,
            own_puts: 0,
            stillborn: 0,
            timed_out: false,
        }
    }

    /// Somebody sits down here.
    pub(super) fn take(&mut self, worker: Worker) {
        self.worker = Some(worker);
        self.vacant = false;
    }

    fn has_ended(&self) -> bool {
        let worker = self.worker.as_ref().filter(|_| !self.vacant);
        worker.is_some_and(|(_, sentinel)| sentinel.is_ready())
    }
}

/// All seats of a pool, by number.
pub(super) struct Seats(Vec<Seat>);

impl Seats {
    pub(super) fn new(seats: Vec<Seat>) -> Seats {
        Seats(seats)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn at(&self, number: u32) -> &Seat {
        &self.0[number as usize]
    }

    pub(super) fn at_mut(&mut self, number: u32) -> &mut Seat {
        &mut self.0[number as usize]
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Seat> {
        self.0.iter_mut()
    }

    /// Everyone who sits or sat on them.
    pub(super) fn processes(&self) -> impl Iterator<Item = &Process<()>> {
        let workers = self.0.iter().filter_map(|seat| seat.worker.as_ref());
        workers.map(|(process, _)| process)
    }

    /// How many are taken.
    pub(super) fn alive(&self) -> usize {
        self.0.iter().filter(|seat| !seat.vacant).count()
    }

    pub(super) fn all_vacant(&self) -> bool {
        self.0.iter().all(|seat| seat.vacant)
    }

    /// The first that nobody sits on, and the queue of its own.
    pub(super) fn first_vacant(&self) -> Option<(u32, Queue<Order>)> {
        let mut seats = (0..).zip(&self.0);
        let vacant = seats.find(|(_, seat)| seat.vacant);
        vacant.map(|(number, seat)| (number, seat.own.clone()))
    }

    /// The ends of those who sit on them.
    pub(super) fn sentinels(&self) -> Vec<Sentinel> {
        let taken = self.0.iter().filter(|seat| !seat.vacant);
        let workers = taken.filter_map(|seat| seat.worker.as_ref());
        workers.map(|(_, sentinel)| *sentinel).collect()
    }

    /// Those whose worker has ended.
    pub(super) fn ended(&self) -> Vec<u32> {
        let ended = (0..).zip(&self.0).filter(|(_, seat)| seat.has_ended());
        ended.map(|(number, _)| number).collect()
    }

    /// Kills every worker.
    pub(super) fn kill(&self) {
        for process in self.processes() {
            let _ = process.kill();
        }
    }

    /// Asks every worker to end.
    pub(super) fn terminate(&self) {
        for process in self.processes() {
            let _ = process.terminate();
        }
    }
}
