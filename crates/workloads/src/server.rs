//! A server of fast and slow requests, which shows whether the slow ones delay the fast
//! ones.
//!
//! Requests arrive even if earlier ones have not been answered. Each waits for a database
//! and then computes. One in ten computes a hundred times as long as the others. An event
//! loop cannot handle other requests while it computes, threads under a GIL take turns, and
//! processes compute in parallel.
//!
//! In Python: a `socketserver` with `ThreadingMixIn` or `ForkingMixIn`, or
//! `asyncio.start_server`.

use super::{
    Bound, Host, Tally, Waits,
    definition::{About, Definition, Task},
    digits::{counted, grouped},
    random::{Random, mix},
};
use serde::{Deserialize, Serialize};
use std::{ops::Range, time::Duration};

/// The mean time between two requests.
pub const INTERVAL: Duration = Duration::from_millis(4);

/// The compute of fast and of slow requests, in units of [`UNIT_STEPS`] steps.
const FAST: u32 = 2;
const SLOW: u32 = 200;
/// One request in this number is slow.
const SLOW_ONE_IN: u64 = 10;

/// The number of steps of a chain of hashes that takes about 0.1 ms.
const UNIT_STEPS: u32 = 25_000;

pub(super) struct Server;

impl Definition for Server {
    fn about(&self) -> &'static About {
        &About {
            name: "server",
            title: "Server",
            description: "Answers requests that come in every 4 ms: each waits for a database and computes 0.2 ms, but one in ten 20 ms.",
            unit: "requests",
            item: "a request",
            bound: Bound::Mixed,
            seeded: true,
            sizes: (1, 100_000),
            presets: [50, 250, 1_000],
        }
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            let request = request(task.seed, item);
            tally.add(item, u128::from(request.is_slow()), request.respond(host));
        }
        tally
    }

    fn waits(&self, seed: u64, item: u64) -> Waits {
        Waits {
            before: request(seed, item).lookup,
            after: Duration::ZERO,
        }
    }

    fn arrival(&self, seed: u64, item: u64) -> Duration {
        request(seed, item).arrives
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        format!(
            "{} answered, {} of them slow",
            counted(size, "request"),
            grouped(tally.value())
        )
    }
}

/// A request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The time of arrival, counted from the beginning of the run. It never decreases from
    /// one request to the next.
    pub arrives: Duration,
    /// The time that the database takes.
    pub lookup: Duration,
    /// The input of the computation.
    key: u64,
    /// The amount of compute, in units of [`UNIT_STEPS`] steps.
    units: u32,
}

/// The request of an item.
pub fn request(seed: u64, item: u64) -> Request {
    let mut random = Random::new(seed, item);
    let interval = INTERVAL.as_micros() as u64;
    let arrives = item
        .saturating_mul(interval)
        .saturating_add(random.below_u64(interval));
    Request {
        arrives: Duration::from_micros(arrives),
        lookup: Duration::from_micros(1_000 + random.below_u64(2_000)),
        key: random.next_u64(),
        units: if random.below_u64(SLOW_ONE_IN) == 0 {
            SLOW
        } else {
            FAST
        },
    }
}

impl Request {
    /// Whether this is a slow request, which computes a hundred times as long.
    pub fn is_slow(&self) -> bool {
        self.units == SLOW
    }

    /// Computes the answer.
    pub fn respond(&self, host: &mut dyn Host) -> u64 {
        let mut answer = self.key;
        for _ in 0..self.units {
            host.checkpoint();
            for _ in 0..UNIT_STEPS {
                answer = mix(answer);
            }
        }
        answer
    }
}
