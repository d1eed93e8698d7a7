//! The time from `kill()` until `join` returns, and until the worker of the killed process has
//! ended. The worker holds a Web Lock, which is released at that moment. The times are measured
//! for processes in several states.

use crate::{Outcome, report, victims, watch::Watch};
use js_sys::{Array, Function, Promise, Reflect};
use manyhands::{Process, Sentinel, sleep_async, trace};
use std::time::Duration;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// The number of rounds.
const ROUNDS: u32 = 30;
/// The number of rounds with kills that may take seconds.
const SLOW_ROUNDS: u32 = 6;
/// The wait between two kills, after which the previous worker has ended.
const REST: Duration = Duration::from_millis(60);

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "locks"])]
    fn query() -> Promise;
    #[wasm_bindgen(js_namespace = ["navigator", "locks"])]
    fn request(name: &str, held: &Function) -> Promise;
}

pub async fn measure() -> Outcome {
    let watch = Watch::new();
    // The process that the blocked ones wait for.
    let other = Process::spawn(victims::asleep_outside_kernel, ())?;
    let sentinel = other.sentinel()?;
    watch.wait_until_it_runs(&other).await?;
    let mut without_lock = 0;
    for round in 0..ROUNDS {
        without_lock += kill(&watch, "kill_blocked", round, sentinel, Some(blocked)).await?;
        without_lock += kill(&watch, "kill_polling", round, sentinel, Some(polling)).await?;
        without_lock += kill(&watch, "kill_calling", round, sentinel, Some(calling)).await?;
        without_lock += kill(&watch, "kill_not_yet_running", round, sentinel, None).await?;
        if round < SLOW_ROUNDS {
            without_lock += kill(&watch, "kill_looping", round, sentinel, Some(looping)).await?;
            without_lock += kill(
                &watch,
                "kill_asleep_outside",
                round,
                sentinel,
                Some(asleep_outside_kernel),
            )
            .await?;
        }
    }
    if without_lock > 0 {
        let text = format!("{without_lock} victims held no lock: nothing says when they were gone");
        report::note("no …_gone for some", &text);
    }
    Ok(())
}

type Start = fn(Sentinel) -> Result<Process<()>, manyhands::Error>;

fn blocked(other: Sentinel) -> Result<Process<()>, manyhands::Error> {
    Process::spawn(victims::blocked, other)
}

fn polling(other: Sentinel) -> Result<Process<()>, manyhands::Error> {
    Process::spawn(victims::polling, other)
}

fn calling(_: Sentinel) -> Result<Process<()>, manyhands::Error> {
    Process::spawn(victims::calling, ())
}

fn looping(_: Sentinel) -> Result<Process<()>, manyhands::Error> {
    Process::spawn(victims::looping, ())
}

fn asleep_outside_kernel(_: Sentinel) -> Result<Process<()>, manyhands::Error> {
    Process::spawn(victims::asleep_outside_kernel, ())
}

/// Starts a process with `start`, waits until it runs, and kills it. Without `start` the
/// process is killed before it runs. Returns 1 if its worker had no Web Lock, else 0.
async fn kill(
    watch: &Watch,
    name: &str,
    round: u32,
    other: Sentinel,
    start: Option<Start>,
) -> Result<u32, Box<dyn std::error::Error>> {
    sleep_async(REST).await;
    let before = held_locks().await;
    let process = start.unwrap_or(blocked)(other)?;
    let mut lock = None;
    if start.is_some() {
        if !watch.wait_until_it_runs(&process).await? {
            return Err(format!("{name}: the victim ended by itself").into());
        }
        sleep_async(REST).await;
        let now = held_locks().await;
        lock = now.into_iter().find(|lock| !before.contains(lock));
    }
    let begin = trace::now_us();
    process.kill()?;
    let killed = process.join_async().await;
    report::sample(name, "ms", round, (trace::now_us() - begin) / 1e3);
    if killed.is_ok() {
        return Err(format!("{name}: the victim returned").into());
    }
    let without_lock = u32::from(start.is_some() && lock.is_none());
    if let Some(lock) = lock {
        // The lock is granted when the worker that held it has ended.
        let nothing = Function::new_no_args("");
        JsFuture::from(request(&lock, &nothing))
            .await
            .map_err(|error| format!("{error:?}"))?;
        let gone = (trace::now_us() - begin) / 1e3;
        report::sample(&format!("{name}_gone"), "ms", round, gone);
    }
    Ok(without_lock)
}

/// The names of all Web Locks that are held.
async fn held_locks() -> Vec<String> {
    let get = |value: &JsValue, key: &str| Reflect::get(value, &key.into()).unwrap_or_default();
    let snapshot = JsFuture::from(query()).await.unwrap_or_default();
    let held: Array = get(&snapshot, "held").dyn_into().unwrap_or_default();
    let names = held
        .iter()
        .filter_map(|lock| get(&lock, "name").as_string());
    names.collect()
}
