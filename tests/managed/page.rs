//! The page as a client.

use super::there;
use manyhands::*;
use std::{future::Future, task::Poll};
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn the_page_asks_and_may_not_block() {
    crate::setup();
    let manager = Manager::new().unwrap();
    let dict = manager.dict::<String, u32>().unwrap();
    let key = "k".to_string();
    let blocking = Error::BlockingOnPage {
        call: "DictProxy::set",
        instead: "DictProxy::set_async",
    };
    assert_eq!(dict.set(&key, &1), Err(blocking));
    assert_eq!(dict.len_async().await, Ok(0));
    dict.set_async(&key, &1).await.unwrap();
    let add = |n: &mut u32, by: u32| *n += by;
    dict.mutate_async(&key, add, 2).await.unwrap();
    let get = |dict: DictProxy<String, u32>| dict.get(&"k".to_string()).unwrap();
    assert_eq!(there(get, dict.clone()).await, 3);
    manager.shutdown_async().await.unwrap();
    let gone = dict.get_async(&key).await.unwrap_err();
    assert!(
        matches!(
            gone,
            Error::ManagerDied {
                exit_code: Some(0),
                ..
            }
        ),
        "{gone:?}"
    );
}

/// Several calls under way at once. The first one receives for all until it is
/// given up; then another one does.
#[test]
async fn several_answers_are_awaited_at_once() {
    crate::setup();
    let manager = Manager::new().unwrap();
    let list = manager.list(&[0u32, 1, 2, 3]).unwrap();
    let mut given_up = Some(Box::pin(list.set_async(0, &10)));
    let mut calls: Vec<_> = (1..4).map(|at| Box::pin(list.get_async(at))).collect();
    let mut answers = Vec::new();
    std::future::poll_fn(|context| {
        if let Some(lost) = &mut given_up {
            assert!(lost.as_mut().poll(context).is_pending());
        }
        calls.retain_mut(|call| match call.as_mut().poll(context) {
            Poll::Ready(answer) => {
                answers.push(answer.unwrap());
                false
            }
            Poll::Pending => true,
        });
        given_up = None;
        if calls.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    assert_eq!(answers, [1, 2, 3]);
    // What was given up was done all the same.
    assert_eq!(list.get_async(0).await, Ok(10));
}

#[test]
async fn a_killed_server_is_told_to_the_page() {
    crate::setup();
    let manager = Manager::new().unwrap();
    let list = manager.list(&[1u32]).unwrap();
    assert_eq!(list.to_vec_async().await.unwrap(), [1]);
    manager.process().kill().unwrap();
    let gone = list.to_vec_async().await.unwrap_err();
    assert!(
        matches!(
            gone,
            Error::ManagerDied {
                exit_code: Some(-9),
                ..
            }
        ),
        "{gone:?}"
    );
}
