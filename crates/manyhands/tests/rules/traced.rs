//! The events that are recorded at the trace level `Everything`.

use manyhands::{
    Event, Lock, Process, Queue, RawArray, StartMethod, current_process, dumps, keep_warm, prewarm,
    trace::{self, Op, Record, subscribe},
};
use std::{cell::RefCell, collections::BTreeSet, rc::Rc, time::Duration};
use wasm_bindgen_test::wasm_bindgen_test as test;

fn contend(lock: Lock, told: Event, taken: Queue<u32>) -> u32 {
    let guard = lock.lock().unwrap();
    told.set();
    // The lock is released only after the trace has shown that a process waits for it.
    taken.get().unwrap();
    drop(guard);
    current_process().pid
}

/// Every operation is recorded with its object and its bytes, and a wait with the holder
/// of the object.
#[test]
async fn every_operation_is_recorded() {
    crate::setup();
    let collected: Rc<RefCell<Vec<trace::Event>>> = Rc::default();
    let subscription = subscribe({
        let collected = collected.clone();
        move |records| {
            for record in records {
                if let Record::Event(event) = record {
                    collected.borrow_mut().push(*event);
                }
            }
        }
    });
    fn program() -> (u32, u32, u32) {
        let lock = Lock::new().unwrap();
        let (told, taken) = (Event::new().unwrap(), Queue::new(0).unwrap());
        let arguments = (lock.clone(), told.clone(), taken.clone());
        let holder = Process::spawn(contend, arguments).unwrap();
        told.wait().unwrap();
        let waiter = Process::spawn(
            |lock: Lock| {
                lock.acquire().unwrap();
                current_process().pid
            },
            lock.clone(),
        );
        let numbers = RawArray::from_slice(&[1u16, 2, 3]).unwrap();
        assert_eq!(numbers.slice(1..3).unwrap(), [2, 3]);
        // The holder keeps the lock until the trace has shown the waiter.
        taken.put(&7).unwrap();
        let holder = holder.join().unwrap();
        (
            current_process().pid,
            holder,
            waiter.unwrap().join().unwrap(),
        )
    }
    let process = Process::spawn(program, ()).unwrap();
    let (root, holder, waiter) = process.join_async().await.unwrap();
    trace::flush();
    drop(subscription);
    let collected = collected.borrow();
    let by = |pid: u32, op: Op| {
        let found: Vec<&trace::Event> = collected
            .iter()
            .filter(|event| event.pid == pid && event.op == op)
            .collect();
        found
    };
    let length = dumps(&7).unwrap().len() as u32;
    assert_eq!(by(root, Op::Put)[0].operands[0], length);
    assert_eq!(by(holder, Op::Get)[0].object, by(root, Op::Put)[0].object);
    assert_eq!(by(root, Op::Store)[0].operands[0], 6);
    assert_eq!(by(root, Op::Load)[0].operands[0], 4);
    assert_eq!(by(holder, Op::Notify).len(), 1);
    let lock = by(holder, Op::Acquire)[0].object;
    assert_eq!(by(holder, Op::Release)[0].object, lock);
    assert_eq!(by(waiter, Op::Acquire)[0].object, lock);
    // The process may have asked for the lock so late that it did not have to wait.
    for blocked in by(waiter, Op::BlockBegin) {
        assert_eq!((blocked.object, blocked.operands[0]), (lock, holder));
    }
}

/// What a process records comes after its start, also if it runs so shortly that the host
/// reads the records meanwhile.
#[test]
async fn a_start_comes_before_what_it_leads_to() {
    crate::setup();
    fn print(number: u32) {
        manyhands::println!("{number}");
    }
    fn program() {
        let builder = Process::builder().start_method(StartMethod::Forkserver);
        for number in 0..200 {
            builder
                .clone()
                .spawn(print, number)
                .unwrap()
                .join()
                .unwrap();
        }
    }
    keep_warm(3).unwrap();
    prewarm(3).await.unwrap();
    trace::flush();
    let collected: Rc<RefCell<Vec<Record>>> = Rc::default();
    let _subscription = subscribe({
        let collected = collected.clone();
        move |records| collected.borrow_mut().extend_from_slice(records)
    });
    let process = Process::spawn(program, ()).unwrap();
    let root = process.pid().unwrap();
    while process.is_alive().unwrap() {
        trace::flush();
        // Workers are made by the page's event loop.
        manyhands::sleep_async(Duration::ZERO).await;
    }
    process.join_async().await.unwrap();
    trace::flush();
    let mut started = BTreeSet::from([root]);
    let mut printed = 0;
    for record in collected.borrow().iter() {
        let pid = match record {
            Record::Event(event) if event.op == Op::Start && started.contains(&event.pid) => {
                started.insert(event.object);
                continue;
            }
            Record::Event(event) => event.pid,
            Record::Output(line) => {
                printed += 1;
                line.pid
            }
        };
        let is_host = pid == trace::HOST || pid == 0;
        assert!(is_host || started.contains(&pid), "{record:?}");
    }
    assert_eq!(printed, 200);
}
