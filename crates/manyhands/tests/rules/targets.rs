//! What a target may be.

use crate::setup;
use manyhands::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A right, of which there may be any number, anywhere: only who was given one
/// can say so.
#[derive(Clone, Copy)]
struct Right(());

impl Right {
    fn says(self, what: &str) -> String {
        format!("by right: {what}")
    }
}

#[test]
async fn a_captured_value_without_bytes_goes_along() {
    setup();
    let right = Right(());
    let process = Process::spawn(move |what: String| right.says(&what), "here".into());
    let said = process.unwrap().join_async().await;
    assert_eq!(said.unwrap(), "by right: here");
    let bound = partial(
        move |what: String, more: String| right.says(&(what + &more)),
        "bo".into(),
    );
    let process = Process::spawn(bound, String::from("und"));
    assert_eq!(
        process.unwrap().join_async().await.unwrap(),
        "by right: bound"
    );
}

/// The same in all that calls targets elsewhere.
#[test]
async fn in_a_pool_and_an_executor_too() {
    setup();
    fn program() -> (Vec<String>, String) {
        let right = Right(());
        let pool = Pool::new(1).unwrap();
        let said = pool.map(move |what: u8| right.says(&what.to_string()), vec![1, 2]);
        let executor = ProcessPoolExecutor::new(1).unwrap();
        let future = executor.submit(move |what: u8| right.says(&what.to_string()), 3);
        (said.unwrap(), future.unwrap().result().unwrap())
    }
    let (mapped, submitted) = run(program).await.unwrap();
    assert_eq!(mapped, ["by right: 1", "by right: 2"]);
    assert_eq!(submitted, "by right: 3");
}
