//! Requests that no proxy would send: the server refuses each of them and goes on.

use super::run_in_process;
use manyhands::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The caller of a request: a client and the number of its call.
type Caller = (u64, u32);

const CLIENT: u64 = 7;

/// The index of this request in the list of requests.
const REGISTER: u32 = 2;

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
        // The caller is known to the server. The method, the object or the request does
        // not exist, or the request is incomplete.
        let (answers, replies) = one_way_pipe(DEFAULT_CAPACITY).unwrap();
        let caller = |number: u32| -> Caller { (CLIENT, number) };
        let register = (caller(0), REGISTER, None::<Sentinel>, replies);
        requests.send(&register).unwrap();
        requests.send(&(caller(1), 0, 0u64, u32::MAX)).unwrap();
        requests.send(&(caller(2), 1000)).unwrap();
        requests.send(&(caller(3), 0, u64::MAX)).unwrap();
        requests.send(&caller(4)).unwrap();
        for number in 1..=4 {
            let answer = answers.recv_bytes().unwrap();
            assert_eq!(u32::from(answer[0]), number);
            let text = String::from_utf8_lossy(&answer);
            assert!(text.contains("cannot read the request"), "{text}");
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
