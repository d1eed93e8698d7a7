//! Requests that no proxy would send: the server refuses each of them and goes on.

use super::run_in_process;
use manyhands::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen_test::wasm_bindgen_test as test;

/// What a request consists of, as the manager's own types are encoded: who asks, and what,
/// in bytes of its own.
#[derive(Serialize)]
#[serde(rename = "=")]
struct Caller {
    client: u64,
    number: u32,
}

#[derive(Serialize)]
#[serde(rename = "=")]
struct Body {
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    attachments: Vec<u32>,
}

#[derive(Deserialize)]
#[serde(rename = "=")]
struct Reply {
    number: u32,
    answer: Result<(), Error>,
}

const CLIENT: u64 = 7;

#[test]
async fn a_server_lives_on_when_it_cannot_read_a_request() {
    fn ask(list: ListProxy<u32>, go: Queue<()>) -> u32 {
        list.append(&2).unwrap();
        go.get().unwrap();
        list.append(&3).unwrap();
        list.get(0).unwrap()
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let list = manager.list(&[1]).unwrap();
        let go = Queue::new(0).unwrap();
        let other = Process::spawn(ask, (list.clone(), go.clone())).unwrap();
        let requests = manager.__requests();
        // There is no caller whom the server could answer.
        requests.send_bytes(&[]).unwrap();
        requests.send_bytes(&[0xff; 100]).unwrap();
        requests.send(&Lock::new().unwrap()).unwrap();
        // Requests of a known caller with wrong bodies: an empty one, one of another
        // type, one that is too short, and one with a byte too many.
        let (answers, replies) = one_way_pipe(DEFAULT_CAPACITY).unwrap();
        manager.__register(CLIENT, replies).unwrap();
        let mut longer = dumps(&"a text").unwrap();
        let shorter = longer[..longer.len() - 1].to_vec();
        longer.push(0);
        let bodies = [Vec::new(), dumps(&0u64).unwrap(), shorter, longer];
        for (number, bytes) in (1..).zip(bodies) {
            let caller = Caller {
                client: CLIENT,
                number,
            };
            let attachments = Vec::new();
            requests
                .send(&(caller, Body { bytes, attachments }))
                .unwrap();
        }
        // The body refers to an attachment that was not sent.
        let caller = Caller {
            client: CLIENT,
            number: 5,
        };
        let (bytes, attachments) = (Vec::new(), vec![3]);
        requests
            .send(&(caller, Body { bytes, attachments }))
            .unwrap();
        for number in 1..=4 {
            let Reply {
                number: answered,
                answer,
            } = answers.recv().unwrap();
            assert_eq!(answered, number);
            let error = answer.unwrap_err();
            assert!(matches!(error, Error::PicklingError(_)), "{error:?}");
            assert!(
                error.to_string().contains("cannot read the request"),
                "{error}"
            );
        }
        // All other clients go on.
        go.put(&()).unwrap();
        assert_eq!(other.join().unwrap(), 1);
        assert_eq!(list.to_vec(), Ok(vec![1, 2, 3]));
        assert_eq!(manager.number_of_objects(), Ok(1));
        manager.shutdown().unwrap();
        assert_eq!(manager.process().exit_code(), Ok(Some(0)));
    }
    run_in_process(program, ()).await;
}

/// A proxy that is used with an object of another type, and a proxy whose values have
/// another type than the function that changes them.
#[test]
async fn what_an_object_cannot_do_is_a_typed_error() {
    fn program() {
        let manager = Manager::new().unwrap();
        let dict = manager.dict::<u32, String>().unwrap();
        dict.set(&1, &"one".into()).unwrap();
        let (to, from) = pipe().unwrap();
        to.send(&dict).unwrap();
        let list: ListProxy<u32> = from.recv().unwrap();
        let text = "the object has no such method";
        assert_eq!(list.len(), Err(Error::AttributeError(text.into())));
        to.send(&dict).unwrap();
        let lists: DictProxy<u32, (u64, Vec<u64>)> = from.recv().unwrap();
        let error = lists.mutate(&1, |value, ()| value.0 += 1, ()).unwrap_err();
        assert!(matches!(error, Error::PicklingError(_)), "{error:?}");
        assert_eq!(dict.get(&1), Ok("one".into()));
    }
    run_in_process(program, ()).await;
}
