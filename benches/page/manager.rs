//! The time of a call of a manager's object from a process: one round trip.

use crate::{Outcome, report};
use manyhands::{DictProxy, Error, Manager, Process, ValueProxy, trace};

const ROUNDS: u32 = 10;
const CALLS: u32 = 2000;

/// The time of the warm-up, in µs, in which the engine optimises both sides on another core.
const WARM_UP_US: f64 = 500_000.0;

/// µs per call in each round. The first round measures the very first calls, the others those of
/// optimised code.
fn times(call: impl Fn() -> Result<(), Error>) -> Result<Vec<f64>, Error> {
    let round = || {
        let begin = trace::now_us();
        for _ in 0..CALLS {
            call()?;
        }
        Ok((trace::now_us() - begin) / f64::from(CALLS))
    };
    let first = round()?;
    let until = trace::now_us() + WARM_UP_US;
    while trace::now_us() < until {
        round()?;
    }
    let warm = (0..ROUNDS).map(|_| round());
    std::iter::once(Ok(first)).chain(warm).collect()
}

fn client(dict: DictProxy<String, u64>, value: ValueProxy<u64>) -> [Vec<f64>; 3] {
    let key = "k".to_string();
    let all = [
        times(|| dict.get(&key).map(drop)),
        times(|| dict.set(&key, &1)),
        times(|| value.mutate(|n, by: u64| *n += by, 1)),
    ];
    all.map(Result::unwrap_or_default)
}

pub async fn measure() -> Outcome {
    let manager = Manager::new()?;
    let (dict, value) = (manager.dict()?, manager.value(&0)?);
    dict.set_async(&"k".to_string(), &1).await?;
    let all = Process::spawn(client, (dict, value))?.join_async().await?;
    let names = ["manager_dict_get", "manager_dict_set", "manager_mutate"];
    for (name, times) in names.into_iter().zip(all) {
        let Some((first, times)) = times.split_first() else {
            return Err(format!("{name}: a call failed").into());
        };
        report::sample(&format!("{name}_cold"), "µs", 1, *first);
        for (round, time) in (1..).zip(times) {
            report::sample(name, "µs", round, *time);
        }
    }
    report::ratio(
        "manager_dict_get_vs_cpython",
        "manager_dict_get",
        "cpython_manager_dict_get",
    );
    manager.shutdown_async().await?;
    Ok(())
}
