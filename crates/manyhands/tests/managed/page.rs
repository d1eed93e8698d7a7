//! The page as a client.

use super::run_in_process;
use manyhands::*;
use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    task::{Poll, Waker},
};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn the_page_asks_and_may_not_block() {
    crate::setup();
    let manager = Manager::new().unwrap();
    let dict = manager.dict::<String, u32>().unwrap();
    let key = "k".to_string();
    let blocking = Error::BlockingOnPage {
        call: "DictProxy::set".into(),
        instead: "DictProxy::set_async".into(),
    };
    assert_eq!(dict.set(&key, &1), Err(blocking));
    assert_eq!(dict.len_async().await, Ok(0));
    dict.set_async(&key, &1).await.unwrap();
    let add = |n: &mut u32, by: u32| *n += by;
    dict.mutate_async(&key, add, 2).await.unwrap();
    let get = |dict: DictProxy<String, u32>| dict.get(&"k".to_string()).unwrap();
    assert_eq!(run_in_process(get, dict.clone()).await, 3);
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

/// Several calls wait at once, and one of them is dropped.
#[test]
async fn several_answers_are_awaited_at_once() {
    crate::setup();
    let manager = Manager::new().unwrap();
    let list = manager.list(&[0u32, 1, 2, 3]).unwrap();
    let mut given_up = Some(Box::pin(list.set_async(0, &10)));
    let mut calls: Vec<_> = (1..4).map(|at| Box::pin(list.get_async(at))).collect();
    let mut answers = Vec::new();
    poll_fn(|context| {
        if let Some(lost) = &mut given_up {
            let _ = lost.as_mut().poll(context);
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
    // One call may receive the answer of another, so any of them may be ready first.
    answers.sort();
    assert_eq!(answers, [1, 2, 3]);
    // The server performed the dropped call nevertheless.
    assert_eq!(list.get_async(0).await, Ok(10));
}

/// Calls of several tasks, and some calls that nobody polls in the meantime.
#[test]
async fn several_tasks_ask_at_once() {
    const TASKS: u32 = 6;
    const ROUNDS: u32 = 20;
    crate::setup();
    let manager = Manager::new().unwrap();
    let list = manager.list(&(0..TASKS).collect::<Vec<_>>()).unwrap();
    let answers = Rc::new(RefCell::new(Vec::new()));
    let waiter: Rc<Cell<Option<Waker>>> = Rc::default();
    for task in 0..TASKS {
        let (list, answers, waiter) = (list.clone(), answers.clone(), waiter.clone());
        spawn_local(async move {
            for _ in 0..ROUNDS {
                let mut unpolled = pin!(list.get_async(0));
                let _ = poll_fn(|context| Poll::Ready(unpolled.as_mut().poll(context))).await;
                let answer = list.get_async(task as isize).await;
                answers.borrow_mut().push((task, answer));
            }
            if let Some(waiter) = waiter.take() {
                waiter.wake();
            }
        });
    }
    poll_fn(|context| {
        waiter.set(Some(context.waker().clone()));
        if answers.borrow().len() < (TASKS * ROUNDS) as usize {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    for (task, answer) in answers.borrow().iter() {
        assert_eq!(*answer, Ok(*task));
    }
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
