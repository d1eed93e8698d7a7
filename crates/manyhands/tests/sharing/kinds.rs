//! Received objects are those that were sent: an object cannot be received as one of
//! another kind, and none can be made from bytes alone.

use super::run_in_process;
use manyhands::*;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen_test::wasm_bindgen_test as test;

type Send = Box<dyn Fn(&Connection)>;
type Receive = fn(&Connection) -> Result<(), Error>;

/// A kind of object: its name, a function that sends one, and a function that receives one.
struct Kind(&'static str, Send, Receive);

fn receive<T: DeserializeOwned>(from: &Connection) -> Result<(), Error> {
    from.recv::<T>().map(drop)
}

fn kind<T: Serialize + DeserializeOwned + 'static>(name: &'static str, object: T) -> Kind {
    let send = move |to: &Connection| to.send(&object).unwrap();
    Kind(name, Box::new(send), receive::<T>)
}

/// All kinds of objects that can be sent.
fn kinds() -> Vec<Kind> {
    let sleeper = Process::builder().daemon(true).spawn(loop_for_ever, ());
    let barrier = Barrier::new(2).unwrap();
    let block = SharedMemory::create(None, 64).unwrap();
    block.unlink().unwrap();
    let mut list = ShareableList::create([1], None).unwrap();
    list.shm().unlink().unwrap();
    vec![
        kind("Queue", Queue::<u8>::new(0).unwrap()),
        kind("SimpleQueue", SimpleQueue::<u8>::new().unwrap()),
        kind("JoinableQueue", JoinableQueue::<u8>::new(0).unwrap()),
        kind("Connection", pipe().unwrap().0),
        kind("Lock", Lock::new().unwrap()),
        kind("RLock", RLock::new().unwrap()),
        kind("Semaphore", Semaphore::new(1).unwrap()),
        kind("BoundedSemaphore", BoundedSemaphore::new(1).unwrap()),
        kind("Event", Event::new().unwrap()),
        kind("Condition", Condition::new().unwrap()),
        kind("Barrier", barrier.with_action(|| ())),
        kind("Value<i32>", Value::new(1i32).unwrap()),
        kind("Value<u32>", Value::new(1u32).unwrap()),
        kind("Array<i32>", Array::from_slice(&[1i32]).unwrap()),
        kind("RawValue<i32>", RawValue::new(1i32).unwrap()),
        kind("RawValue<f64>", RawValue::new(1f64).unwrap()),
        kind("RawArray<i32>", RawArray::from_slice(&[1i32]).unwrap()),
        kind("RawArray<f32>", RawArray::from_slice(&[1f32]).unwrap()),
        kind("RawArray<i64>", RawArray::from_slice(&[1i64]).unwrap()),
        kind("SharedMemory", block),
        kind("ShareableList", list),
        kind("SharedBuffer", SharedBuffer::new(4).unwrap()),
        kind("Sentinel", sleeper.unwrap().sentinel().unwrap()),
        kind("(u32, u32)", (0u32, 1u32)),
        kind("String", String::from("no object")),
    ]
}

fn loop_for_ever() {
    loop {
        active_children();
    }
}

/// A sentinel, as it is encoded: plain data.
#[derive(Serialize)]
#[serde(rename = "=")]
struct Slot {
    slot: u32,
    word: u32,
}

/// A call, as it is encoded. Its function is an attachment of the message.
#[derive(Default, Serialize)]
#[serde(rename = "=")]
struct Called {
    entry: u32,
    #[serde(with = "serde_bytes")]
    arguments: Vec<u8>,
    attachments: Vec<u32>,
}

/// Whether an object of the kind `sent` can also be received as one of the kind `received`.
fn is_also(sent: &str, received: &str) -> bool {
    matches!(
        (sent, received),
        ("BoundedSemaphore", "Semaphore") | ("ShareableList", "SharedMemory")
    )
}

#[test]
async fn no_kind_is_received_as_another() {
    fn program() -> Vec<String> {
        let (here, there) = pipe().unwrap();
        let kinds = kinds();
        let mut wrong = Vec::new();
        for Kind(sent, send, _) in &kinds {
            for Kind(received, _, receive) in &kinds {
                send(&here);
                let result = receive(&there);
                let as_it_must = match &result {
                    Ok(()) => sent == received || is_also(sent, received),
                    Err(Error::PicklingError(_)) => sent != received && !is_also(sent, received),
                    Err(_) => false,
                };
                if !as_it_must {
                    wrong.push(format!("{sent} as {received}: {result:?}"));
                }
            }
        }
        wrong
    }
    let wrong = run_in_process(program, ()).await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
async fn the_error_names_both_kinds() {
    fn program() -> String {
        let (here, there) = pipe().unwrap();
        here.send(&Lock::new().unwrap()).unwrap();
        there.recv::<Queue<u8>>().unwrap_err().to_string()
    }
    assert_eq!(
        run_in_process(program, ()).await,
        "a Lock was sent, which cannot be received as a Queue"
    );
}

/// No object and no call can be made from forged bytes.
#[test]
async fn no_object_and_no_call_is_made_from_bytes() {
    fn program() -> Vec<String> {
        let (here, there) = pipe().unwrap();
        let call: Receive = receive::<Call>;
        let kinds = kinds();
        let objects = kinds.iter().filter(|Kind(name, ..)| {
            // These bytes say that there is no object, or they are plain data.
            !matches!(
                *name,
                "Connection"
                    | "SharedMemory"
                    | "ShareableList"
                    | "Sentinel"
                    | "(u32, u32)"
                    | "String"
            )
        });
        let receivers = objects.map(|Kind(name, _, receive)| (*name, *receive));
        let mut taken = Vec::new();
        for (name, receive) in receivers.chain([("Call", call)]) {
            for length in 0..24 {
                for byte in [0, 1, 2, 7, 0x7f, 0xff] {
                    here.send_bytes(&vec![byte; length]).unwrap();
                    let result = receive(&there);
                    if !matches!(result, Err(Error::PicklingError(_))) {
                        taken.push(format!("{name} from {length} times {byte}: {result:?}"));
                    }
                }
            }
        }
        taken
    }
    let taken = run_in_process(program, ()).await;
    assert!(taken.is_empty(), "{taken:#?}");
}

/// Bytes that look like an object refer only to the objects attached to the message.
#[test]
async fn forged_messages_reach_no_object_that_was_not_sent() {
    fn refused<T: Serialize, R: DeserializeOwned>(sent: &T) -> String {
        let (here, there) = pipe().unwrap();
        here.send(sent).unwrap();
        match there.recv::<R>() {
            Err(Error::PicklingError(text)) => text,
            Err(error) => panic!("{error:?}"),
            Ok(_) => panic!("it was received"),
        }
    }
    fn program() {
        let lock = Lock::new().unwrap();
        let other = Queue::<u8>::new(0).unwrap();
        assert_eq!(
            refused::<_, (Lock, Queue<u8>)>(&(&lock, 0u32)),
            "a Lock was sent, which cannot be received as a Queue"
        );
        assert_eq!(
            refused::<_, (Lock, Queue<u8>)>(&(&lock, 1u32)),
            "what was sent is not a Queue"
        );
        drop(other);
        // An array that is not within its segment, or does not begin at an element.
        let array = RawArray::from_slice(&[1i32, 2, 3]).unwrap();
        for (offset, length) in [
            (0, 4),
            (4, 3),
            (12, 1),
            (u32::MAX - 3, 1),
            (0, u32::MAX),
            (2, 1),
        ] {
            assert_eq!(
                refused::<_, (RawArray<i32>, RawArray<i32>)>(&(
                    &array,
                    (0u32, offset, length, 'i')
                )),
                "an array was sent that is not within its shared memory",
                "{offset}, {length}"
            );
        }
        let block = SharedMemory::create(None, 64).unwrap();
        assert_eq!(
            refused::<_, (SharedMemory, SharedMemory)>(&(&block, ("name", 65u32, Some(0u32)))),
            "a shared memory was sent under a size that it does not have"
        );
        block.unlink().unwrap();
        // A slot that does not exist in the process table.
        for slot in [1024, u32::MAX] {
            assert_eq!(
                refused::<_, Sentinel>(&Slot { slot, word: 0 }),
                "what was sent is not a Sentinel"
            );
        }
        // A function of another type than the one that was sent.
        let barrier = Barrier::new(1).unwrap().with_action(|| ());
        let empty = Called::default;
        assert_eq!(
            refused::<_, (Barrier, Call)>(&(
                &barrier,
                Called {
                    entry: 0,
                    ..empty()
                }
            )),
            "a function was sent, which cannot be received as a function of this type"
        );
        assert_eq!(
            refused::<_, (Barrier, Call)>(&(
                &barrier,
                Called {
                    entry: 1,
                    ..empty()
                }
            )),
            "a Barrier was sent, which cannot be received as a function of this type"
        );
    }
    run_in_process(program, ()).await;
}

/// When a message contains several objects, or the same object twice, each is received as
/// the one that was sent.
#[test]
async fn several_objects_in_one_message_are_told_apart() {
    fn program() {
        let (here, there) = pipe().unwrap();
        let queues: Vec<_> = (0..5u8)
            .map(|number| {
                let queue = Queue::new(0).unwrap();
                queue.put(&number).unwrap();
                queue
            })
            .collect();
        let first = Barrier::new(1).unwrap().with_action(|| ());
        here.send(&(&first, &queues, &queues[3], "and a text"))
            .unwrap();
        let (barrier, arrived, again, text): (Barrier, Vec<Queue<u8>>, Queue<u8>, String) =
            there.recv().unwrap();
        assert_eq!(barrier.wait(), Ok(0));
        assert_eq!(text, "and a text");
        assert_eq!(again.get(), Ok(3));
        queues[3].put(&3).unwrap();
        let numbers: Vec<u8> = arrived.iter().map(|queue| queue.get().unwrap()).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4]);
    }
    run_in_process(program, ()).await;
}

#[test]
async fn other_serializers_are_refused() {
    fn program() {
        let lock = Lock::new().unwrap();
        let said = "only travels between processes of this program";
        let refused = serde_json::to_string(&lock).unwrap_err().to_string();
        assert!(refused.contains(said), "{refused}");
        let refused = serde_json::from_str::<Lock>("0").unwrap_err().to_string();
        assert!(refused.contains(said), "{refused}");
        // The lock is unchanged and can still be sent.
        let (here, there) = pipe().unwrap();
        here.send(&lock).unwrap();
        assert_eq!(there.recv(), Ok(lock));
    }
    run_in_process(program, ()).await;
}
