//! The page as a client.

use super::there;
use manyhands::*;
use std::{future::Future, pin::pin, task::Poll};
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

/// Several calls under way at once, of which some wait and one is given up.
#[test]
async fn several_answers_are_awaited_at_once() {
    crate::setup();
    let manager = Manager::new().unwrap();
    let (queue, event) = (manager.queue::<u32>(0).unwrap(), manager.event().unwrap());
    let first = queue.get_async();
    let wait = event.wait_async();
    let (mut first, mut wait) = (pin!(first), pin!(wait));
    let mut given_up = Some(Box::pin(queue.get_async()));
    let mut put = Some(Box::pin(queue.put_async(&1)));
    let mut set = None;
    let (mut got, mut waited) = (None, false);
    std::future::poll_fn(|context| {
        // In this order: the one that is given up is the first to be served.
        if let Some(lost) = &mut given_up {
            assert!(lost.as_mut().poll(context).is_pending());
        }
        given_up = None;
        if got.is_none()
            && let Poll::Ready(item) = first.as_mut().poll(context)
        {
            got = Some(item.unwrap());
            set = Some(Box::pin(event.set_async()));
        }
        if !waited && let Poll::Ready(done) = wait.as_mut().poll(context) {
            done.unwrap();
            waited = true;
        }
        if let Some(putting) = &mut put
            && let Poll::Ready(done) = putting.as_mut().poll(context)
        {
            done.unwrap();
            put = None;
        }
        if let Some(setting) = &mut set
            && let Poll::Ready(done) = setting.as_mut().poll(context)
        {
            done.unwrap();
            set = None;
        }
        if got.is_some() && waited && put.is_none() && set.is_none() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    assert_eq!(got, Some(1));
    assert_eq!(queue.qsize_async().await, Ok(0));
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
