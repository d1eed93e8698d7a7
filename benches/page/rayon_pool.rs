//! rayon in a process, on this library's own threads and on those of
//! wasm-bindgen-rayon: the start of the pool, a parallel sum, and what happens to the
//! threads when one of them panics and when their process is killed.
//!
//! `rayon_pool.js` starts the second pool, of which the library does not know. Both pools use
//! the same version of rayon, with the feature `web_spin_lock`, which wasm-bindgen-rayon
//! requires.

use crate::{Outcome, report};
use manyhands::{Error, Process, rayon_pool, sleep_async, trace};
use rayon::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{cell::Cell, fmt::Debug, hint::black_box, rc::Rc, time::Duration};
use wasm_bindgen::prelude::*;
#[expect(
    unused_imports,
    reason = "the pool is started by what the crate exports"
)]
pub use wasm_bindgen_rayon::init_thread_pool;

#[wasm_bindgen(module = "/page/rayon_pool.js")]
extern "C" {
    /// How long the pool of wasm-bindgen-rayon took to start in this process, in ms.
    fn pool_ms() -> f64;
    /// Sends a message to the page about once a millisecond, for ever.
    fn beat_for_ever();
    /// The number of these messages that the page has received.
    fn beats_received() -> u32;
}

/// The number of measured rounds, after one round that is not measured.
const ROUNDS: u32 = 9;
const THREADS: u32 = 2;
/// The number of numbers in the parallel sum: a few ms of work.
const NUMBERS: u64 = 20_000_000;
/// The number of parallel sums in one measurement.
const SUMS: u32 = 5;
/// The longest wait for the end of a process, in µs.
const END_TIMEOUT_US: f64 = 5e6;
/// Threads count as ended when they have sent no message for this time, in µs.
const QUIET_US: f64 = 5e5;

#[derive(Serialize, Deserialize)]
struct PoolTimes {
    pool_ms: f64,
    sum_ms: f64,
}

/// Runs a function on a pool of this process; returns how long the pool took to start, in
/// ms, and the result. `own` says whether the threads are this library's.
fn on_pool<R: Send>(own: bool, run: impl FnOnce() -> R + Send) -> (f64, R) {
    if !own {
        assert_eq!(rayon::current_num_threads(), THREADS as usize);
        return (pool_ms(), run());
    }
    let begin = trace::now_us();
    let pool = rayon_pool(THREADS).unwrap();
    // Waits until all threads run, since the start of the other pool also waits for that.
    pool.broadcast(|_| ());
    ((trace::now_us() - begin) / 1e3, pool.install(run))
}

/// Measures the start of the pool and a parallel sum.
fn sums(own: bool) -> PoolTimes {
    let (pool_ms, (sum_ms, sum)) = on_pool(own, || {
        let sum = || {
            let numbers = (0..NUMBERS).into_par_iter();
            numbers.map(|n| black_box(n) ^ 1).sum::<u64>()
        };
        let expected = sum();
        let begin = trace::now_us();
        for _ in 0..SUMS {
            assert_eq!(sum(), expected);
        }
        ((trace::now_us() - begin) / 1e3 / f64::from(SUMS), expected)
    });
    assert_eq!(sum, NUMBERS / 2 * (NUMBERS - 1));
    PoolTimes { pool_ms, sum_ms }
}

/// Panics on one of the pool's threads.
fn panics(own: bool) {
    on_pool(own, || {
        let numbers = (0..1000).into_par_iter();
        numbers.for_each(|n| assert_ne!(n, 500, "on purpose"));
    });
}

/// Keeps every thread busy for ever with sending messages to the page.
fn runs_for_ever(own: bool) {
    on_pool(own, || {
        let tasks = (0..64).into_par_iter().with_max_len(1);
        tasks.for_each(|_| beat_for_ever());
    });
}

/// The process's name, and whether the clock works, as seen on each thread of the pool.
fn thread_names(own: bool) -> String {
    let (_, names) = on_pool(own, || {
        rayon::broadcast(|_| {
            let now = trace::now_us() > 0.0;
            format!("{} {now}", manyhands::current_process().name)
        })
    });
    names.join(", ")
}

/// Waits for the end of a process, with a time limit; returns its result or how it ended.
async fn end_of<R>(process: &Process<R>) -> Result<String, Error>
where
    R: Serialize + DeserializeOwned + Debug + 'static,
{
    let begin = trace::now_us();
    while process.is_alive()? {
        if trace::now_us() - begin > END_TIMEOUT_US {
            process.kill()?;
            process.join_async().await.err();
            return Ok(format!("no end within {} s", END_TIMEOUT_US / 1e6));
        }
        sleep_async(Duration::from_millis(1)).await;
    }
    Ok(match process.join_async().await {
        Ok(result) => format!("{result:?}"),
        Err(_) => format!("exit code {}", process.exit_code()?.unwrap_or_default()),
    })
}

/// The time for which threads still ran after the end of their killed process, in ms.
async fn time_alive_after_kill(process: &Process<()>) -> Result<f64, Error> {
    while beats_received() < 100 {
        sleep_async(Duration::from_millis(5)).await;
    }
    process.kill()?;
    process.join_async().await.err();
    let begin = trace::now_us();
    let (mut received, mut last) = (beats_received(), begin);
    while trace::now_us() - last < QUIET_US {
        sleep_async(Duration::from_millis(2)).await;
        if std::mem::replace(&mut received, beats_received()) != received {
            last = trace::now_us();
        }
    }
    Ok((last - begin) / 1e3)
}

pub async fn measure() -> Outcome {
    let of = report::query("of").ok_or("the address does not say whose threads")?;
    let own = of == "threads";
    let name = |what: &str| format!("rayon_{what}_{of}");
    for round in 0..=ROUNDS {
        let begin = trace::now_us();
        let took = Process::spawn(sums, own)?.join_async().await?;
        let all = (trace::now_us() - begin) / 1e3;
        if round > 0 {
            report::sample(&name("pool_start"), "ms", round, took.pool_ms);
            report::sample(&name("sum"), "ms", round, took.sum_ms);
            report::sample(&name("process"), "ms", round, all);
        }
    }
    for what in ["pool_start", "sum", "process"] {
        let of = |of| format!("rayon_{what}_{of}");
        report::ratio(
            &format!("rayon_{what}_ratio"),
            &of("wasm_bindgen_rayon"),
            &of("threads"),
        );
    }
    let started = Rc::new(Cell::new(0));
    let count = started.clone();
    let _subscription = trace::subscribe(move |records| {
        let of_thread = |record: &&trace::Record| match record {
            trace::Record::Event(event) => event.is_of_thread(),
            _ => false,
        };
        count.set(count.get() + records.iter().filter(of_thread).count());
    });
    report::note(
        &name("names"),
        &end_of(&Process::spawn(thread_names, own)?).await?,
    );
    trace::flush();
    let seen = format!("{} threads", started.get());
    report::note(&name("seen_in_the_trace"), &seen);
    let end = end_of(&Process::spawn(panics, own)?).await?;
    report::note(&name("panic"), &end);
    let killed = Process::spawn(runs_for_ever, own)?;
    report::sample(
        &name("lived_on"),
        "ms",
        0,
        time_alive_after_kill(&killed).await?,
    );
    Ok(())
}
