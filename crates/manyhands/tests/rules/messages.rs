//! Which values can be sent, and the errors for those that cannot.

use crate::setup;
use manyhands::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A list whose nesting is as deep as the list is long.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Nested(Option<Box<Nested>>);

fn nested(depth: usize) -> Nested {
    (1..depth).fold(Nested(None), |inner, _| Nested(Some(Box::new(inner))))
}

/// A nested value that takes much stack at every level: it is large itself, and serde
/// buffers its content to find out which variant of the untagged enum it is.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Heavy {
    Inner {
        inner: Box<Heavy>,
        padding: [u64; 32],
        name: String,
    },
    Other {
        other: Option<Box<Heavy>>,
        padding: [[u32; 8]; 4],
    },
    End,
}

fn heavy(depth: usize) -> Heavy {
    (1..depth).fold(Heavy::End, |inner, _| Heavy::Inner {
        inner: Box::new(inner),
        padding: [7; 32],
        name: "x".into(),
    })
}

/// The largest depth at which a value can be sent.
fn deepest<T: Serialize + serde::de::DeserializeOwned>(make: fn(usize) -> T) -> usize {
    let arrives = |depth: &usize| loads::<T>(&dumps(&make(*depth))?);
    let first = (1..).find(|depth| arrives(depth).is_err());
    first.unwrap() - 1
}

fn is_too_deep<T>(result: Result<T, Error>) -> bool {
    match result {
        Err(Error::RecursionError { type_name, .. }) => type_name.ends_with("::Nested"),
        _ => false,
    }
}

fn echo(value: Nested) -> Nested {
    value
}

fn echo_heavy(value: Heavy) -> Heavy {
    value
}

/// The deepest value arrives in a process and on the page. Their stacks are the smallest
/// ones, and the test is compiled with little optimisation.
#[test]
async fn the_deepest_value_arrives() {
    setup();
    let depth = deepest(nested);
    let process = Process::spawn(echo, nested(depth)).unwrap();
    assert_eq!(process.join_async().await.unwrap(), nested(depth));
    let depth = deepest(heavy);
    let process = Process::spawn(echo_heavy, heavy(depth)).unwrap();
    assert_eq!(process.join_async().await.unwrap(), heavy(depth));
    let queue = Queue::new(0).unwrap();
    queue.try_put(&heavy(depth)).unwrap();
    assert_eq!(queue.try_get().unwrap(), heavy(depth));
}

/// A value that is nested too deeply cannot be sent in any way.
#[test]
async fn a_value_that_is_nested_too_deeply_is_refused_where_it_is_sent() {
    setup();
    const DEEP: usize = 2_000;
    fn sends() -> [bool; 5] {
        let value = nested(DEEP);
        let (a, _b) = pipe().unwrap();
        let queue = Queue::<Nested>::new(0).unwrap();
        let manager = Manager::new().unwrap();
        let list = manager.list::<Nested>(&[]).unwrap();
        [
            is_too_deep(a.send(&value)),
            is_too_deep(queue.put(&value)),
            is_too_deep(list.append(&value)),
            is_too_deep(dumps(&value)),
            queue.is_empty(),
        ]
    }
    let process = Process::spawn(sends, ()).unwrap();
    assert_eq!(process.join_async().await.unwrap(), [true; 5]);
    // As an argument, from the page. The page lives on.
    assert!(is_too_deep(Process::spawn(echo, nested(DEEP))));
    // As a result.
    fn returns() -> Nested {
        nested(DEEP)
    }
    let process = Process::spawn(returns, ()).unwrap();
    assert!(is_too_deep(process.join_async().await));
    assert_eq!(process.exit_code(), Ok(Some(1)));
    let pool = Pool::new(1).unwrap();
    let results = pool.map_async(|_: u8| returns(), [0u8]).unwrap();
    assert!(is_too_deep(results.get_async().await));
    // The worker lives on.
    let after = pool.map_async(|n: u8| n + 1, [1u8]).unwrap();
    assert_eq!(after.get_async().await.unwrap(), [2]);
    pool.terminate();
}

/// Bytes that the codec did not write, nested as deeply as they are long.
#[test]
async fn malformed_bytes_do_not_kill_the_process_that_reads_them() {
    setup();
    fn reads(from: Connection) -> [bool; 3] {
        std::array::from_fn(|kind| match kind {
            0 => is_too_deep(from.recv::<Nested>()),
            1 => matches!(from.recv::<Heavy>(), Err(Error::RecursionError { .. })),
            _ => from.recv::<serde_json::Value>().is_err(),
        })
    }
    // The bytes by which the encoding of a list grows with each level, many times.
    let (short, long) = (dumps(&nested(3)).unwrap(), dumps(&nested(4)).unwrap());
    let one_more: Vec<u8> = long[1..=long.len() - short.len()].to_vec();
    let malformed: Vec<u8> = [0].into_iter().chain(one_more.repeat(100_000)).collect();
    let (to, from) = pipe().unwrap();
    for _ in 0..3 {
        to.send_bytes(&malformed).unwrap();
    }
    let process = Process::spawn(reads, from).unwrap();
    assert_eq!(process.join_async().await.unwrap(), [true; 3]);
    assert!(is_too_deep(loads::<Nested>(&malformed)));
}

/// A value that is received as its own type arrives. Received as another type, it is a
/// typed error that names that type.
#[test]
async fn a_value_received_as_another_type_is_a_typed_error() {
    setup();
    let (a, b) = pipe().unwrap();
    a.send(&"text").unwrap();
    assert_eq!(b.recv::<String>(), Ok("text".into()));
    a.send(&[1u64, 2][..]).unwrap();
    assert_eq!(b.recv::<Vec<u64>>(), Ok(vec![1, 2]));
    fn wrong<T: serde::de::DeserializeOwned>(from: &Connection) {
        match from.recv::<T>() {
            Err(Error::PicklingError(text)) => {
                let name = std::any::type_name::<T>();
                assert!(text.contains(name), "{text} does not name {name}");
            }
            other => panic!("{:?}", other.err()),
        }
    }
    a.send(&"text").unwrap();
    wrong::<u8>(&b);
    a.send(&vec![1u64, 2]).unwrap();
    wrong::<()>(&b);
    a.send(&1u8).unwrap();
    wrong::<bool>(&b);
    a.send(&(1u16, 2u16)).unwrap();
    wrong::<u32>(&b);
    a.send(&1.5f64).unwrap();
    wrong::<u64>(&b);
    a.send(&Some(1u8)).unwrap();
    wrong::<u8>(&b);
    let lock = Lock::new().unwrap();
    a.send(&lock).unwrap();
    wrong::<u32>(&b);
}

/// Types that most binary codecs cannot carry, because their `Deserialize` asks for the
/// kind of the next value.
#[test]
async fn types_that_ask_for_the_kind_of_the_next_value_travel() {
    setup();
    let value = serde_json::json!({"a": [1, -2, 2.5, "x", null], "b": {"c": true}});
    let queue = Queue::new(0).unwrap();
    let send = |queue: Queue<serde_json::Value>, value: serde_json::Value| {
        queue.put(&value).unwrap();
    };
    let process = Process::spawn(send, (queue.clone(), value.clone())).unwrap();
    assert_eq!(queue.get_async().await.unwrap(), value);
    process.join_async().await.unwrap();
}

/// A program may return an error as its result.
#[test]
async fn errors_arrive_unchanged() {
    setup();
    fn main_program() -> Result<(), Error> {
        let queue = Queue::<u8>::new(1)?;
        queue.put(&1)?;
        queue.try_put(&2)
    }
    assert_eq!(run(main_program).await.unwrap(), Err(Error::Full));
    let process = ProcessError {
        pid: 7,
        name: "p".into(),
        exit_code: -9,
        reason: Reason::Killed,
        text: "t".into(),
    };
    let task = TaskError {
        index: 3,
        text: "u".into(),
        worker: Some(process.clone()),
    };
    let all = vec![
        Error::ValueError("a".into()),
        Error::MemoryError {
            bytes: 1 << 20,
            limit: 64 << 20,
        },
        Error::BlockingOnPage {
            call: "x".into(),
            instead: "y".into(),
        },
        Error::NotIsolated,
        Error::ProcessError(process),
        Error::TaskError(Box::new(task)),
        Error::ManagerDied {
            exit_code: Some(-9),
            text: "b".into(),
        },
        Error::OwnerDied { pid: 9 },
        Error::TimeoutError,
    ];
    let back = Process::spawn(|all: Vec<Error>| all, all.clone()).unwrap();
    assert_eq!(back.join_async().await.unwrap(), all);
    assert_eq!(loads(&dumps(&all).unwrap()), Ok(all));
}
