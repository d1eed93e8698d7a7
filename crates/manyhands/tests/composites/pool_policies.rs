//! Policies: which worker runs which items, as the trace shows it.

use manyhands::{
    trace::{Op, Record, subscribe},
    *,
};
use std::{cell::RefCell, collections::BTreeSet, rc::Rc};
use wasm_bindgen_test::wasm_bindgen_test as test;

const ITEMS: u32 = 64;

/// The first item waits until the last item of the first half has run.
fn skewed(event: Event, item: u32) -> u32 {
    match item {
        0 => drop(event.wait().unwrap()),
        31 => event.set(),
        _ => {}
    }
    item
}

fn even(_: Event, item: u32) -> u32 {
    item
}

/// Runs a map; returns what the trace shows of it: the chunks that were begun (pid, first
/// item, number of items) and the number of steals.
async fn traced_chunks<F, M>(policy: Policy, function: F) -> (Vec<(u32, u32, u32)>, usize)
where
    F: Target<u32, M, Output = u32> + 'static,
{
    let seen = Rc::new(RefCell::new((Vec::new(), Vec::new())));
    let subscription = subscribe({
        let seen = seen.clone();
        move |records| {
            let mut seen = seen.borrow_mut();
            for record in records {
                let Record::Event(event) = record else {
                    continue;
                };
                match event.op {
                    Op::TaskBegin => {
                        let [first, count] = event.operands;
                        seen.0.push((event.pid, first, count));
                    }
                    Op::Steal => seen.1.push(event.pid),
                    _ => {}
                }
            }
        }
    });
    let pool = Pool::new(2).unwrap();
    let pids = pool.pids();
    let result = pool.policy(policy).map_async(function, 0..ITEMS).unwrap();
    assert!(result.await.unwrap().into_iter().eq(0..ITEMS), "{policy:?}");
    pool.close();
    pool.join_async().await.unwrap();
    trace::flush();
    drop(subscription);
    // Records of other pools may still arrive.
    let (mut begun, mut stolen) = seen.take();
    begun.retain(|(pid, _, _)| pids.contains(pid));
    stolen.retain(|pid| pids.contains(pid));
    (begun, stolen.len())
}

#[test]
async fn every_policy_leaves_its_own_trace() {
    crate::setup();
    let event = || Event::new().unwrap();

    let (shared, _) = traced_chunks(Policy::Shared, partial(even, event())).await;
    assert_eq!(shared.len(), 8);
    assert!(shared.iter().all(|(_, _, count)| *count == 8));

    let (parts, _) = traced_chunks(Policy::Static, partial(even, event())).await;
    let ranges: BTreeSet<_> = parts
        .iter()
        .map(|(_, first, count)| (*first, *count))
        .collect();
    assert_eq!(ranges, [(0, 32), (32, 32)].into());
    assert_ne!(parts[0].0, parts[1].0, "each has a worker of its own");

    let (mut guided, _) = traced_chunks(Policy::Guided, partial(even, event())).await;
    guided.sort_by_key(|(_, first, _)| *first);
    let sizes: Vec<u32> = guided.iter().map(|(_, _, count)| *count).collect();
    assert_eq!(sizes[0], 16);
    assert!(sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
    assert_eq!(sizes.last(), Some(&1));

    let (mut auto, _) = traced_chunks(Policy::Auto, partial(even, event())).await;
    auto.sort_by_key(|(_, first, _)| *first);
    let sizes: Vec<u32> = auto.iter().map(|(_, _, count)| *count).collect();
    assert_eq!(sizes[..4], [1; 4], "it knows nothing yet");
    assert!(sizes.iter().any(|size| *size > 1), "{sizes:?}");

    // A worker that is stuck in its first item loses the others to the second worker.
    let (_, stolen) = traced_chunks(Policy::Stealing, partial(skewed, event())).await;
    assert!(stolen > 0);
}

#[test]
async fn the_result_does_not_depend_on_policy_or_workers() {
    crate::setup();
    for workers in [1, 3] {
        let pool = Pool::new(workers).unwrap();
        for policy in Policy::ALL {
            for items in [0u32, 1, 2, 5, 97] {
                let result = pool
                    .policy(policy)
                    .map_async(|x: u32| x + 1, 0..items)
                    .unwrap();
                let result = result.await.unwrap();
                assert!(result.into_iter().eq(1..items + 1), "{policy:?}, {items}");
            }
        }
    }
}

/// The items that a dead worker had not reported fail; all others are done, also those that
/// were stolen from it.
#[test]
async fn claimed_items_survive_a_death() {
    fn die(item: u32) -> Result<u32, String> {
        if item == 5 { panic!("five") } else { Ok(item) }
    }
    crate::setup();
    let pool = Pool::new(2).unwrap();
    let result = pool
        .policy(Policy::Stealing)
        .map_async(die, 0..ITEMS)
        .unwrap();
    let failed = result.await.unwrap_err();
    let Error::TaskError(error) = failed else {
        panic!("{failed:?}")
    };
    assert_eq!(error.index, 5);
    assert!(error.to_string().contains("five"));
    let result = pool
        .policy(Policy::Stealing)
        .map_async(die, [1, 2])
        .unwrap();
    assert_eq!(result.await.unwrap(), [Ok(1), Ok(2)]);
}
