//! Nested values: which changes are lost and which are not.

use super::run_in_process;
use manyhands::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

type Lists = DictProxy<String, Vec<u32>>;

/// Python's well-known behaviour (`d["k"].append(1)` leaves `[]`), and the method that
/// works.
#[test]
async fn a_nested_change_is_lost_and_a_mutation_is_not() {
    fn program() {
        let manager = Manager::new().unwrap();
        let lists: Lists = manager.dict().unwrap();
        let key = "k".to_string();
        lists.set(&key, &vec![]).unwrap();
        lists.get(&key).unwrap().push(1);
        assert_eq!(lists.get(&key).unwrap(), [0u32; 0]);
        let length = lists
            .mutate(
                &key,
                |list, item| {
                    list.push(item);
                    list.len()
                },
                1,
            )
            .unwrap();
        assert_eq!(length, 1);
        assert_eq!(lists.get(&key).unwrap(), [1]);
        let missing = lists.mutate(&"z".to_string(), |list, item| list.push(item), 1);
        assert_eq!(missing, Err(Error::KeyError("\"z\"".into())));
    }
    run_in_process(program, ()).await;
}

const EACH: u32 = 200;

/// Many processes change the same values, and no change is lost.
#[test]
async fn mutations_are_atomic() {
    fn work(
        counts: DictProxy<String, u32>,
        list: ListProxy<u64>,
        value: ValueProxy<u32>,
        namespace: NamespaceProxy,
    ) {
        for _ in 0..EACH {
            let key = "n".to_string();
            counts.mutate_or(&key, 0, |n, by: u32| *n += by, 2).unwrap();
            list.mutate(-1, |n, by: u64| *n += by, 3).unwrap();
            value.mutate(|n, ()| *n += 1, ()).unwrap();
            namespace
                .mutate("n", |n: &mut u8, ()| *n = n.wrapping_add(1), ())
                .unwrap();
        }
    }
    fn program() {
        let manager = Manager::new().unwrap();
        let counts = manager.dict().unwrap();
        let list = manager.list(&[0, 0]).unwrap();
        let value = manager.value(&0).unwrap();
        let namespace = manager.namespace().unwrap();
        namespace.set("n", &0u8).unwrap();
        let arguments = (
            counts.clone(),
            list.clone(),
            value.clone(),
            namespace.clone(),
        );
        let processes: Vec<_> = (0..3)
            .map(|_| Process::spawn(work, arguments.clone()).unwrap())
            .collect();
        for process in processes {
            process.join().unwrap();
        }
        assert_eq!(counts.items().unwrap(), [("n".to_string(), 6 * EACH)]);
        assert_eq!(list.to_vec().unwrap(), [0, u64::from(9 * EACH)]);
        assert_eq!(value.get().unwrap(), 3 * EACH);
        assert_eq!(namespace.get::<u8>("n").unwrap(), (3 * EACH) as u8);
    }
    run_in_process(program, ()).await;
}

#[test]
async fn an_attribute_knows_its_type() {
    fn program() {
        let manager = Manager::new().unwrap();
        let namespace = manager.namespace().unwrap();
        namespace.set("x", &1u32).unwrap();
        namespace.set("name", &"x".to_string()).unwrap();
        assert_eq!(namespace.names().unwrap(), ["name", "x"]);
        let error = namespace.get::<String>("x").unwrap_err();
        assert!(matches!(error, Error::PicklingError(_)), "{error:?}");
        let error = namespace
            .mutate("x", |x: &mut i32, ()| *x += 1, ())
            .unwrap_err();
        assert!(matches!(error, Error::PicklingError(_)), "{error:?}");
    }
    run_in_process(program, ()).await;
}

/// Values may be shared objects: queues, locks, proxies.
#[test]
async fn what_is_shared_lives_in_a_dict() {
    fn program() {
        let manager = Manager::new().unwrap();
        let queues = manager.dict::<u32, Queue<u32>>().unwrap();
        let queue = Queue::new(0).unwrap();
        queues.set(&1, &queue).unwrap();
        queue.put(&7).unwrap();
        drop(queue);
        assert_eq!(queues.get(&1).unwrap().get(), Ok(7));
        // One value contains proxies of another manager and of this one.
        let other = Manager::new().unwrap();
        let pairs = manager
            .dict::<u32, (ListProxy<u32>, ListProxy<u32>)>()
            .unwrap();
        let pair = (manager.list(&[1]).unwrap(), other.list(&[2]).unwrap());
        pairs.set(&1, &pair).unwrap();
        drop(pair);
        let append = |pairs: DictProxy<u32, (ListProxy<u32>, ListProxy<u32>)>| {
            let (here, there) = pairs.get(&1).unwrap();
            here.append(&10).unwrap();
            there.append(&20).unwrap();
        };
        Process::spawn(append, pairs.clone())
            .unwrap()
            .join()
            .unwrap();
        let (here, there) = pairs.get(&1).unwrap();
        assert_eq!(here.to_vec().unwrap(), [1, 10]);
        assert_eq!(there.to_vec().unwrap(), [2, 20]);
        // A function that runs in the server cannot call the server.
        let error = pairs.mutate(
            &1,
            |pair: &mut (ListProxy<u32>, ListProxy<u32>), ()| {
                let error = pair.0.len().unwrap_err();
                (error.to_string(), pair.1.len().unwrap())
            },
            (),
        );
        assert_eq!(error.unwrap().1, 2);
        drop((here, there));
        pairs.clear().unwrap();
        assert_eq!(manager.number_of_objects().unwrap(), 2);
        assert_eq!(other.number_of_objects().unwrap(), 0);
    }
    run_in_process(program, ()).await;
}
