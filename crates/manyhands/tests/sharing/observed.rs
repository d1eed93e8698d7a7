//! Objects that are looked at from outside.

use manyhands::*;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The state of an object is seen by whoever knows its id, and by nobody once it is gone.
#[test]
async fn an_object_is_seen_from_outside_while_it_exists() {
    crate::setup();
    let semaphore = Semaphore::new(2).unwrap();
    let id = semaphore.id();
    semaphore.try_acquire();
    assert_eq!((id.permits(), id.unread()), (Some(1), None));
    assert_eq!(ObjectId::from_numbers(id.to_numbers()), id);
    let (receiver, sender) = one_way_pipe(1 << 16).unwrap();
    let (ids, other) = (receiver.ids(), sender.ids());
    assert_eq!((ids.writes, other.reads), (None, None));
    assert_eq!(ids.reads, other.writes);
    let pipe = ids.reads.unwrap();
    assert_eq!(pipe.unread(), Some(Unread::default()));
    sender.send_bytes(b"five.").unwrap();
    sender.send_bytes(b"six..").unwrap();
    let unread = pipe.unread().unwrap();
    assert!(unread.messages == 2 && unread.bytes >= 10, "{unread:?}");
    assert_eq!(receiver.recv_bytes_async().await.unwrap(), b"five.");
    assert_eq!(pipe.unread().unwrap().messages, 1);
    assert_eq!((pipe.permits(), id.holders()), (None, vec![trace::HOST]));
    receiver.close();
    assert_eq!(receiver.ids().reads, None);
    assert!(!ids.end.unwrap().exists());
    drop((receiver, sender, semaphore));
    assert_eq!((id.permits(), pipe.unread()), (None, None));
    assert_eq!((id.exists(), id.holders()), (false, Vec::new()));
    for numbers in [
        [0, 0],
        [1, 7],
        [16, u32::MAX],
        [u32::MAX, 6],
        [u32::MAX - 3, 6],
    ] {
        let nothing = ObjectId::from_numbers(numbers);
        assert_eq!((nothing.exists(), nothing.permits()), (false, None));
    }
}

/// Those who hold an object are told, as long as they do.
#[test]
async fn the_holders_of_an_object_are_told() {
    fn hold(_permits: Semaphore, here: Connection) {
        here.send(&()).unwrap();
        let _: () = here.recv().unwrap();
    }
    crate::setup();
    let semaphore = Semaphore::new(0).unwrap();
    let (here, there) = pipe().unwrap();
    let process = Process::spawn(hold, (semaphore.clone(), there)).unwrap();
    let () = here.recv_async().await.unwrap();
    let both = vec![trace::HOST, process.pid().unwrap()];
    assert_eq!(semaphore.id().holders(), both);
    here.send(&()).unwrap();
    process.join_async().await.unwrap();
    assert_eq!(semaphore.id().holders(), [trace::HOST]);
}

/// A wait is told with the note that its thread has set before, and with what the thread says
/// of it afterwards: once, and not where it has not waited.
#[test]
async fn a_wait_is_told_with_its_note() {
    fn wait(here: Connection) {
        trace::set_note(77);
        trace::note_end([1, 1]);
        let _: () = here.recv().unwrap();
        trace::set_note(0);
        trace::note_end([5, 6]);
        trace::note_end([2, 2]);
        trace::waiting(|| ());
        trace::set_note(78);
        trace::note_end([3, 3]);
    }
    crate::setup();
    let events: Rc<RefCell<Vec<trace::Event>>> = Rc::default();
    let subscription = trace::subscribe({
        let events = events.clone();
        move |records| {
            events
                .borrow_mut()
                .extend(records.iter().filter_map(|record| match record {
                    trace::Record::Event(event) => Some(*event),
                    trace::Record::Output(_) => None,
                }));
        }
    });
    let (here, there) = pipe().unwrap();
    let process = Process::spawn(wait, there).unwrap();
    let pid = process.pid().unwrap();
    let notes = || -> Vec<u32> {
        trace::flush();
        let events = events.borrow();
        let begins = events
            .iter()
            .filter(|event| (event.pid, event.op) == (pid, trace::Op::BlockBegin));
        begins.map(|event| event.operands[1]).collect()
    };
    while notes() != [77] {
        sleep_async(std::time::Duration::from_millis(2)).await;
    }
    here.send(&()).unwrap();
    process.join_async().await.unwrap();
    assert_eq!(notes(), [77, 0]);
    let events = events.borrow();
    let ends = events.iter().filter(|event| event.op == trace::Op::Note);
    let ends: Vec<_> = ends.map(|event| (event.pid, event.operands)).collect();
    assert_eq!(ends, [(pid, [5, 6])]);
    drop(subscription);
}
