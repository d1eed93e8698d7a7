//! Listeners, and connecting to them by name.

use super::run_in_process;
use manyhands::{
    Connection, Error, Process, SharedMemory,
    connection::{Listener, connect, wait, wait_async},
    one_way_pipe,
};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

fn refused(name: &str) -> Result<Connection, Error> {
    Err(Error::ConnectionRefusedError(name.into()))
}

/// An error as a test can compare it: connections have no `==`.
fn error<T>(result: Result<T, Error>) -> Option<Error> {
    result.err()
}

#[test]
async fn processes_find_a_listener_by_its_name() {
    fn client(name: String, number: u32) -> u32 {
        let server = connect(&name).unwrap();
        server.send(&number).unwrap();
        server.recv().unwrap()
    }
    fn program() -> Vec<u32> {
        let listener = Listener::bind("squares").unwrap();
        assert_eq!(listener.name(), "squares");
        let clients: Vec<Process<u32>> = (1..=3)
            .map(|number| Process::spawn(client, ("squares".to_string(), number)).unwrap())
            .collect();
        for _ in &clients {
            let client = listener.accept().unwrap();
            let number: u32 = client.recv().unwrap();
            client.send(&(number * number)).unwrap();
        }
        clients
            .iter()
            .map(|client| client.join().unwrap())
            .collect()
    }
    assert_eq!(run_in_process(program, ()).await, [1, 4, 9]);
}

#[test]
async fn a_name_belongs_to_one_listener_until_it_is_closed() {
    crate::setup();
    assert!(matches!(Listener::bind(""), Err(Error::ValueError(_))));
    assert_eq!(
        error(connect("one at a time")),
        error(refused("one at a time"))
    );
    let listener = Listener::bind("one at a time").unwrap();
    // The names of shared memories are others.
    let block = SharedMemory::create(Some("one at a time"), 8).unwrap();
    let taken = Error::AddressInUse("one at a time".into());
    assert_eq!(error(Listener::bind("one at a time")), Some(taken));
    let not_accepted = connect("one at a time").unwrap();
    listener.close();
    listener.close();
    assert!(matches!(listener.accept(), Err(Error::OSError(_))));
    assert_eq!(not_accepted.recv_async::<u8>().await, Err(Error::EOFError));
    assert_eq!(
        error(connect("one at a time")),
        error(refused("one at a time"))
    );
    let next = Listener::bind("one at a time").unwrap();
    let accepted = connect("one at a time").unwrap();
    let server = next.accept_async().await.unwrap();
    drop(next);
    // What was accepted goes on without the listener.
    accepted.send_async(&5u8).await.unwrap();
    assert_eq!(server.recv_async::<u8>().await, Ok(5));
    assert_eq!(SharedMemory::attach("one at a time").unwrap().size(), 8);
    block.unlink().unwrap();
}

/// Binds a name and accepts one connection, in a process that ends only from outside,
/// or, if told to, by itself while the listener is still open.
fn accept_one(name: String, ready: Connection, ends: bool) {
    let listener = Box::leak(Box::new(Listener::bind(&name).unwrap()));
    ready.send(&()).unwrap();
    let accepted = Box::leak(Box::new(listener.accept().unwrap()));
    accepted.send(&"accepted".to_string()).unwrap();
    let stop: Result<(), Error> = accepted.recv();
    if ends {
        stop.unwrap();
    } else {
        let (never, _sender) = one_way_pipe(8).unwrap();
        never.recv::<()>().unwrap();
    }
}

#[test]
async fn the_clients_of_a_process_that_ends_are_told() {
    fn program() {
        for ends in [true, false].into_iter().cycle().take(10) {
            let (ready, told) = one_way_pipe(64).unwrap();
            let arguments = ("short-lived".to_string(), told, ends);
            let process = Process::spawn(accept_one, arguments).unwrap();
            ready.recv::<()>().unwrap();
            let first = connect("short-lived").unwrap();
            assert_eq!(first.recv::<String>().unwrap(), "accepted");
            let second = connect("short-lived").unwrap();
            first.send(&()).unwrap();
            if ends {
                process.join().unwrap();
            } else {
                process.kill().unwrap();
                assert!(process.join().is_err());
            }
            assert_eq!(first.recv::<String>(), Err(Error::EOFError));
            // It waits in a listener that nobody has any more.
            assert_eq!(second.recv::<String>(), Err(Error::EOFError));
            assert_eq!(error(connect("short-lived")), error(refused("short-lived")));
        }
    }
    run_in_process(program, ()).await;
}

#[test]
async fn a_listener_is_ready_when_somebody_has_connected() {
    fn program() {
        let (first, second) = (Listener::bind("a").unwrap(), Listener::bind("b").unwrap());
        let none = Some(Duration::ZERO);
        assert!(wait(&[&first, &second], none).unwrap().is_empty());
        let process = Process::spawn(|| connect("b").unwrap().send(&7u8).unwrap(), ());
        assert_eq!(wait(&[&first, &second], None), Ok(vec![1]));
        assert_eq!(second.accept().unwrap().recv(), Ok(7u8));
        process.unwrap().join().unwrap();
        assert!(wait(&[&first, &second], none).unwrap().is_empty());
        first.close();
        assert_eq!(wait(&[&first, &second], none), Ok(vec![0]));
    }
    run_in_process(program, ()).await;
}

#[test]
async fn the_page_listens_and_connects_without_blocking() {
    crate::setup();
    let listener = Listener::bind("page").unwrap();
    assert!(matches!(
        listener.accept(),
        Err(Error::BlockingOnPage { .. })
    ));
    let process = Process::spawn(
        || {
            let page = connect("page").unwrap();
            page.send(&1u32).unwrap();
            page.recv::<u32>().unwrap()
        },
        (),
    );
    assert_eq!(wait_async(&[&listener], None).await, [0]);
    let client = listener.accept_async().await.unwrap();
    assert_eq!(client.recv_async::<u32>().await, Ok(1));
    client.send_async(&2u32).await.unwrap();
    assert_eq!(process.unwrap().join_async().await, Ok(2));
}
