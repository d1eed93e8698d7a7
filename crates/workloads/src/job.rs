//! `Job`: a workload with a size and a seed, which an execution model runs. A workload can
//! also be computed without one, whole or in shares; then waits and later rounds are left out.

use super::{
    Host, NullHost, Tally, Waits, Workload,
    definition::{Inputs, Task},
    digits::grouped,
};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::Range, time::Duration};

/// The number of chunks of one run. It is large enough that even 2 × 64 workers get equal
/// shares of an uneven workload, and small enough that the cost of sending chunks does not
/// matter.
const CHUNKS: u64 = 256;

/// A workload, a size that it allows, and a seed.
///
/// A job consists of [`items`](Job::items), numbered from 0, that do not depend on each
/// other. A *chunk* is a range of items. A runner may divide the items into any chunks
/// and [merge](Tally::merge_all) the tallies in any order. The digest shows whether every
/// item was computed once and correctly.
///
/// ```
/// use workloads::{Job, Tally, NullHost, Workload};
///
/// let job = Job::new(Workload::PrimeCount, 1_000_000, 1)?;
/// let halves = [job.run(0..5, &mut NullHost), job.run(5..job.items(), &mut NullHost)];
/// let tally = Tally::merge_all(halves);
/// assert_eq!(tally.value(), 78_498);
/// assert_eq!(tally.digest(), job.serial(&mut NullHost).digest());
/// # Ok::<(), workloads::SizeOutOfRange>(())
/// ```
///
/// # Rounds
/// A few jobs ([`Workload::has_rounds`]) go over all items several times. The result of
/// one round is shared by all processes in the next round; see
/// [`first_round`](Job::first_round) and [`next_round`](Job::next_round).
///
/// # Waiting
/// Some items wait before or after they compute. [`run`](Job::run) calls the host to
/// wait. An event loop cannot wait that way: it uses [`waits`](Job::waits) and
/// [`Prepared::compute`] separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "JobFields")]
pub struct Job {
    workload: Workload,
    size: u64,
    seed: u64,
}

impl Job {
    /// A job, if the workload allows the size.
    ///
    /// # Errors
    /// [`SizeOutOfRange`], whose text gives the allowed sizes.
    pub fn new(workload: Workload, size: u64, seed: u64) -> Result<Job, SizeOutOfRange> {
        if workload.sizes().contains(&size) {
            Ok(Job::within(workload, size, seed))
        } else {
            Err(SizeOutOfRange { workload, size })
        }
    }

    /// A job of any size; a size that is too large is replaced by the largest one.
    pub(super) fn within(workload: Workload, size: u64, seed: u64) -> Job {
        let size = size.min(*workload.sizes().end());
        Job {
            workload,
            size,
            seed,
        }
    }

    /// The workload.
    pub fn workload(&self) -> Workload {
        self.workload
    }

    /// The size, in the workload's [unit](Workload::unit).
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The seed of all random numbers.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The number of items.
    pub fn items(&self) -> u64 {
        self.workload.definition().items(self.size)
    }

    /// The items of chunk `index` when all items are divided into `chunks` chunks, whose
    /// lengths differ by at most one; empty for an index that does not exist.
    pub fn chunk(&self, index: u64, chunks: u64) -> Range<u64> {
        let items = self.items();
        if index >= chunks {
            return items..items;
        }
        let (base, longer) = (items / chunks, items % chunks);
        let start = base * index + index.min(longer);
        start..start + base + u64::from(index < longer)
    }

    /// Makes the inputs of the job in this process's memory. A process does this once and
    /// then computes all its chunks with them.
    pub fn prepare(&self, host: &mut dyn Host) -> Prepared {
        Prepared {
            job: *self,
            inputs: (self.workload.definition()).prepare(self.size, self.seed, host),
        }
    }

    /// The numbers that all processes share in the first round; they fit into a shared
    /// array. Empty for a job without rounds.
    pub fn first_round(&self) -> Vec<u64> {
        self.workload.definition().first_round(self.seed)
    }

    /// The numbers that all processes share in the next round, from those of the last round
    /// and the merged tally of its items. `None` when the job is finished; the tally is then
    /// its result.
    pub fn next_round(&self, shared: &[u64], tally: &Tally) -> Option<Vec<u64>> {
        self.workload.definition().next_round(shared, tally)
    }

    /// The simulated I/O of an item; zero for a workload that only computes.
    pub fn waits(&self, item: u64) -> Waits {
        self.workload.definition().waits(self.seed, item)
    }

    /// When an item arrives, counted from the beginning of the run. All items are there from
    /// the beginning, except for the requests of [`Workload::Server`], which arrive one
    /// after another, even if earlier ones have not been answered.
    pub fn arrival(&self, item: u64) -> Duration {
        self.workload.definition().arrival(self.seed, item)
    }

    /// Runs these items in order, with their waits, in the first round. Items that do not
    /// exist are left out.
    pub fn run(&self, items: Range<u64>, host: &mut dyn Host) -> Tally {
        self.prepare(host).run(&self.first_round(), items, host)
    }

    /// Runs all items in order, in all rounds. Its result is the reference for every
    /// execution model.
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

    /// The merged result of all items, as it is shown.
    pub fn answer(&self, tally: &Tally) -> String {
        self.workload.definition().answer(self.size, tally)
    }
}

impl Workload {
    /// The default number of chunks for this size. Chunks are numbered from 0.
    pub fn chunks(self, size: u64) -> u64 {
        Job::within(self, size, 0).items().clamp(1, CHUNKS)
    }

    /// Computes one chunk. The result depends only on the arguments, not on where or in
    /// which order chunks run. A chunk that does not exist gives an empty tally.
    ///
    /// The size should be one of [`sizes`](Self::sizes); a larger one counts as the
    /// largest. The items' waits are left out, and only the first round is done.
    pub fn compute(self, size: u64, seed: u64, chunk: u64) -> Tally {
        self.compute_chunks(size, seed, std::iter::once(chunk))
    }

    /// Computes the share of one worker of `workers`: every `workers`-th chunk. Neighbouring
    /// chunks cost about the same, so all workers get equal shares of uneven work.
    ///
    /// `share(size, seed, 0, 1)` computes everything. As with
    /// [`compute`](Self::compute), waits are left out, and only the first round is done.
    pub fn share(self, size: u64, seed: u64, worker: u32, workers: u32) -> Tally {
        let from_worker = u64::from(worker)..self.chunks(size);
        self.compute_chunks(size, seed, from_worker.step_by(workers.max(1) as usize))
    }

    fn compute_chunks(self, size: u64, seed: u64, chunks: impl Iterator<Item = u64>) -> Tally {
        let job = Job::within(self, size, seed);
        let (prepared, shared) = (job.prepare(&mut NullHost), job.first_round());
        let all = self.chunks(size);
        Tally::merge_all(
            chunks.map(|chunk| prepared.compute(&shared, job.chunk(chunk, all), &mut NullHost)),
        )
    }

    /// The merged result of all chunks, as it is shown.
    pub fn answer(self, size: u64, tally: &Tally) -> String {
        Job::within(self, size, 0).answer(tally)
    }
}

/// A job whose inputs have been made in this process's memory.
pub struct Prepared {
    job: Job,
    inputs: Inputs,
}

impl Prepared {
    /// The job.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// Runs these items in order, with their waits. `shared` are the numbers that all
    /// processes share in this round; see [`Job::first_round`]. Items that do not exist are
    /// left out.
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

    /// Computes these items without their waits, for an event loop, which waits by itself.
    pub fn compute(&self, shared: &[u64], items: Range<u64>, host: &mut dyn Host) -> Tally {
        let task = Task {
            size: self.job.size,
            seed: self.job.seed,
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

/// The error for a size that a workload does not allow.
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

/// The fields of a job that was received, whose size has not been checked yet.
#[derive(Deserialize)]
struct JobFields {
    workload: Workload,
    size: u64,
    seed: u64,
}

impl TryFrom<JobFields> for Job {
    type Error = SizeOutOfRange;

    fn try_from(job: JobFields) -> Result<Job, SizeOutOfRange> {
        Job::new(job.workload, job.size, job.seed)
    }
}
