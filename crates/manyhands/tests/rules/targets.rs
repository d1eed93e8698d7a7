//! What a target may capture.

use crate::setup;
use manyhands::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A zero-sized token that may be copied and sent. Only code that was given one can call
/// its method.
#[derive(Clone, Copy)]
struct Token(());

impl Token {
    fn sign(self, what: &str) -> String {
        format!("by right: {what}")
    }
}

#[test]
async fn a_target_may_capture_a_zero_sized_value() {
    setup();
    let token = Token(());
    let process = Process::spawn(move |what: String| token.sign(&what), "here".into());
    let said = process.unwrap().join_async().await;
    assert_eq!(said.unwrap(), "by right: here");
    let bound = partial(
        move |what: String, more: String| token.sign(&(what + &more)),
        "bo".into(),
    );
    let process = Process::spawn(bound, String::from("und"));
    assert_eq!(
        process.unwrap().join_async().await.unwrap(),
        "by right: bound"
    );
}

/// The same for pools and executors.
#[test]
async fn targets_of_pools_and_executors_may_capture_zero_sized_values() {
    setup();
    fn program() -> (Vec<String>, String) {
        let token = Token(());
        let pool = Pool::new(1).unwrap();
        let said = pool.map(move |what: u8| token.sign(&what.to_string()), vec![1, 2]);
        let executor = ProcessPoolExecutor::new(1).unwrap();
        let future = executor.submit(move |what: u8| token.sign(&what.to_string()), 3);
        (said.unwrap(), future.unwrap().result().unwrap())
    }
    let (mapped, submitted) = run(program).await.unwrap();
    assert_eq!(mapped, ["by right: 1", "by right: 2"]);
    assert_eq!(submitted, "by right: 3");
}
