//! Uses queues, pipes and locks for minutes and checks whether memory grows.

use crate::{Outcome, report};
use manyhands::{
    Barrier, Connection, Event, JoinableQueue, Lock, Process, Queue, RawValue, diagnostics, pipe,
    sleep_async, trace,
};
use std::time::Duration;

/// The objects that all processes of the test share.
type Shared = (Queue<Vec<u8>>, Lock, RawValue<u64>, Event);

/// Puts messages into the queue until `stop` is set; returns their number.
fn produce((queue, lock, count, stop): Shared) -> u64 {
    let mut put = 0;
    while !stop.is_set() {
        queue.put(&vec![put as u8; (put % 3000) as usize]).unwrap();
        let _guard = lock.lock().unwrap();
        count.add(1);
        put += 1;
    }
    put
}

/// Takes messages from the queue until one is longer than 3000 bytes; returns their number.
fn consume((queue, lock, count, _): Shared) -> u64 {
    let mut taken = 0;
    loop {
        let item = queue.get().unwrap();
        // The messages that end a consumer are longer than all others.
        if item.len() > 3000 {
            return taken;
        }
        assert!(item.iter().all(|byte| *byte == item[0]));
        let _guard = lock.lock().unwrap();
        count.add(1);
        taken += 1;
    }
}

/// Creates and drops objects repeatedly, and sends some of them to other processes.
fn create_and_drop(stop: Event) -> u64 {
    fn answer(end: Connection) {
        let queue: JoinableQueue<u32> = end.recv().unwrap();
        queue.get().unwrap();
        queue.task_done().unwrap();
    }
    let mut rounds = 0;
    while !stop.is_set() {
        let (here, there) = pipe().unwrap();
        let process = Process::spawn(answer, there).unwrap();
        let queue = JoinableQueue::new(2).unwrap();
        here.send(&queue).unwrap();
        queue.put(&7).unwrap();
        queue.join().unwrap();
        process.join().unwrap();
        let barrier = Barrier::new(1).unwrap();
        barrier.wait().unwrap();
        rounds += 1;
    }
    rounds
}

pub async fn measure() -> Outcome {
    let minutes = report::query_number("minutes", 1);
    let stop = Event::new()?;
    let shared: Shared = (
        Queue::new(100)?,
        Lock::new()?,
        RawValue::new(0)?,
        stop.clone(),
    );
    let producers = [0; 2].map(|_| Process::spawn(produce, shared.clone()));
    let consumers = [0; 2].map(|_| Process::spawn(consume, shared.clone()));
    let creator = Process::spawn(create_and_drop, stop.clone())?;
    let end = trace::now_us() + f64::from(minutes) * 60e6;
    let mut round = 0;
    while trace::now_us() < end {
        sleep_async(Duration::from_secs(10)).await;
        round += 1;
        let arena = f64::from(diagnostics().arena_bytes_used) / 1e6;
        report::sample("soak_arena_used", "MB", round, arena);
        let memory = report::browser_memory().await?;
        report::sample("soak_browser_memory", "MB", round, memory);
        if round == 1 {
            report::note(
                "soak_first",
                &format!("{arena:.3} MB in the arena, {memory:.0} MB in all"),
            );
        }
        if trace::now_us() >= end {
            report::note(
                "soak_last",
                &format!("{arena:.3} MB in the arena, {memory:.0} MB in all"),
            );
        }
    }
    stop.set();
    let mut put = 0;
    for producer in producers {
        put += producer?.join_async().await?;
    }
    for _ in 0..2 {
        shared.0.put_async(&vec![0; 4000]).await?;
    }
    let mut taken = 0;
    for consumer in consumers {
        taken += consumer?.join_async().await?;
    }
    let rounds = creator.join_async().await?;
    let counted = shared.2.get();
    if put != taken || counted != put + taken {
        return Err(format!("{put} were put, {taken} taken, {counted} counted").into());
    }
    report::note(
        "soak",
        &format!("{minutes} min: {put} messages, {rounds} processes that came and went"),
    );
    Ok(())
}
