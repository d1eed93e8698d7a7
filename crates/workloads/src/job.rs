//! A workload with its size and seed: what execution models are given to run.

use super::{
    Host, Tally, Waits, Workload,
    definition::{Inputs, Task},
    digits::grouped,
};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::Range, time::Duration};

/// Work to be done: a workload, a size that it allows, and a seed.
///
/// A job consists of [`items`](Job::items), numbered from 0, that know nothing
/// of each other. A *chunk* is a range of them. Whoever runs a job hands out
/// chunks as it likes and [merges](Tally::merge_all) the tallies in any order; the
/// digest says whether everything was done, once and right.
///
/// ```
/// use workloads::{Job, Tally, Undisturbed, Workload};
///
/// let job = Job::new(Workload::PrimeCount, 1_000_000, 1)?;
/// let halves = [job.run(0..5, &mut Undisturbed), job.run(5..job.items(), &mut Undisturbed)];
/// let tally = Tally::merge_all(halves);
/// assert_eq!(tally.value(), 78_498);
/// assert_eq!(tally.digest(), job.serial(&mut Undisturbed).digest());
/// # Ok::<(), workloads::SizeOutOfRange>(())
/// ```
///
/// # Rounds
/// A few jobs ([`Workload::has_rounds`]) go over all items again and again.
/// What was found in one round is shared by all processes in the next: see
/// [`first_round`](Job::first_round) and [`next_round`](Job::next_round).
///
/// # Waiting
/// Some items wait before or after they compute. [`run`](Job::run) lets the
/// host wait; an event loop takes [`waits`](Job::waits) and
/// [`Prepared::compute`] apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Job {
    workload: Workload,
    size: u64,
    seed: u64,
}

impl Job {
    /// The job, if the workload allows the size.
    ///
    /// # Errors
    /// [`SizeOutOfRange`], which says what is allowed.
    pub fn new(workload: Workload, size: u64, seed: u64) -> Result<Job, SizeOutOfRange> {
        if workload.sizes().contains(&size) {
            Ok(Job::within(workload, size, seed))
        } else {
            Err(SizeOutOfRange { workload, size })
        }
    }

    /// The job of any size: one that is too large counts as the largest.
    pub(super) fn within(workload: Workload, size: u64, seed: u64) -> Job {
        let size = size.min(*workload.sizes().end());
        Job {
            workload,
            size,
            seed,
        }
    }

    /// The work.
    pub fn workload(&self) -> Workload {
        self.workload
    }

    /// How much of it, in the workload's [unit](Workload::unit).
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The seed of everything random.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// How many items there are.
    pub fn items(&self) -> u64 {
        self.workload.definition().items(self.size)
    }

    /// Chunk `index` of all items cut into `chunks` that differ by at most one
    /// item; empty for an index that does not exist.
    pub fn chunk(&self, index: u64, chunks: u64) -> Range<u64> {
        let items = self.items();
        if index >= chunks {
            return items..items;
        }
        let (base, longer) = (items / chunks, items % chunks);
        let start = base * index + index.min(longer);
        start..start + base + u64::from(index < longer)
    }

    /// Makes the inputs of the job in this memory. A process does so once and
    /// then works on as many chunks as it gets.
    pub fn prepare(&self, host: &mut dyn Host) -> Prepared {
        Prepared {
            job: *self,
            inputs: self.workload.definition().prepare(self, host),
        }
    }

    /// What everyone must know in the first round: some plain numbers, which
    /// fit a shared array. Empty for a job without rounds.
    pub fn first_round(&self) -> Vec<u64> {
        self.workload.definition().first_round(self.seed)
    }

    /// After a round in which `shared` was known and all items together gave
    /// `tally`: what everyone must know in the next round, or nothing when the
    /// job is done and this tally its result.
    pub fn next_round(&self, shared: &[u64], tally: &Tally) -> Option<Vec<u64>> {
        self.workload.definition().next_round(shared, tally)
    }

    /// The simulated I/O of an item: none for work that only computes.
    pub fn waits(&self, item: u64) -> Waits {
        self.workload.definition().waits(self.seed, item)
    }

    /// When an item comes in, counted from the beginning: at once, except for
    /// the requests of [`Workload::Server`], which come one after another
    /// whether or not earlier ones are answered.
    pub fn arrival(&self, item: u64) -> Duration {
        self.workload.definition().arrival(self.seed, item)
    }

    /// Does these items in order, their waits included, in the first round.
    /// Items that do not exist are left out.
    pub fn run(&self, items: Range<u64>, host: &mut dyn Host) -> Tally {
        self.prepare(host).run(&self.first_round(), items, host)
    }

    /// Does everything in order, all rounds: the reference for every execution
    /// model.
    pub fn serial(&self, host: &mut dyn Host) -> Tally {
        let prepared = self.prepare(host);
        let mut shared = self.first_round();
        loop {
            let tally = prepared.run(&shared, 0..self.items(), host);
            match self.next_round(&shared, &tally) {
                Some(next) => shared = next,
                None => return tally,
            }
        }
    }

    /// The merged result of all items, for people.
    pub fn answer(&self, tally: &Tally) -> String {
        self.workload.definition().answer(self.size, tally)
    }
}

/// A job with its inputs made, ready to work in this memory.
pub struct Prepared {
    job: Job,
    inputs: Inputs,
}

impl Prepared {
    /// The job.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// Does these items in order, their waits included. `shared` is what
    /// everyone knows in this round: see [`Job::first_round`]. Items that do
    /// not exist are left out.
    pub fn run(&self, shared: &[u64], items: Range<u64>, host: &mut dyn Host) -> Tally {
        if !self.job.workload.waits() {
            return self.compute(shared, items, host);
        }
        let mut tally = Tally::default();
        for item in self.clipped(items) {
            let waits = self.job.waits(item);
            if !waits.before.is_zero() {
                host.sleep(waits.before);
            }
            tally = tally.merge(self.compute(shared, item..item + 1, host));
            if !waits.after.is_zero() {
                host.sleep(waits.after);
            }
        }
        tally
    }

    /// Only the compute of these items: for an event loop, which waits itself.
    pub fn compute(&self, shared: &[u64], items: Range<u64>, host: &mut dyn Host) -> Tally {
        let task = Task {
            job: self.job,
            inputs: &self.inputs,
            shared,
        };
        let definition = self.job.workload.definition();
        definition.compute(&task, self.clipped(items), host)
    }

    fn clipped(&self, items: Range<u64>) -> Range<u64> {
        let all = self.job.items();
        let end = items.end.min(all);
        items.start.min(end)..end
    }
}

/// A size that a workload does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeOutOfRange {
    workload: Workload,
    size: u64,
}

impl fmt::Display for SizeOutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes = self.workload.sizes();
        let [size, low, high] =
            [self.size, *sizes.start(), *sizes.end()].map(|number| grouped(number.into()));
        write!(
            f,
            "the size of '{}' must be from {low} to {high} {}, but is {size}",
            self.workload,
            self.workload.unit()
        )
    }
}

impl std::error::Error for SizeOutOfRange {}

/// A job as it arrives from elsewhere.
#[derive(Deserialize)]
struct Unchecked {
    workload: Workload,
    size: u64,
    seed: u64,
}

impl TryFrom<Unchecked> for Job {
    type Error = SizeOutOfRange;

    fn try_from(job: Unchecked) -> Result<Job, SizeOutOfRange> {
        Job::new(job.workload, job.size, job.seed)
    }
}
