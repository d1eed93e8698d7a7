//! Processes go on while the page's thread is blocked.

use crate::setup;
use manyhands::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

const EXCHANGES: u64 = 4;

fn reply(message: Vec<u64>) -> Vec<u64> {
    message.into_iter().map(|number| number + 1).collect()
}

/// Sends a message to one process after the other and receives an answer from each. Both
/// go through the arena.
fn correspond() -> Vec<u64> {
    let mut message = vec![0; 1000];
    for _ in 0..EXCHANGES {
        let builder = Process::builder().start_method(StartMethod::Forkserver);
        message = builder.spawn(reply, message).unwrap().join().unwrap();
    }
    message
}

#[test]
async fn processes_exchange_messages_while_the_page_is_frozen() {
    setup();
    keep_warm(0).unwrap();
    prewarm(1 + EXCHANGES as u32).await.unwrap();
    let builder = Process::builder().start_method(StartMethod::Forkserver);
    let process = builder.spawn(correspond, ()).unwrap();
    // From here on this thread polls and does not return to its event loop. If an
    // exchange needed the page, this would never end.
    let bound = trace::now_us() + 30e6;
    while process.is_alive().unwrap() && trace::now_us() < bound {
        std::hint::spin_loop();
    }
    assert!(!process.is_alive().unwrap(), "the page was needed");
    assert_eq!(process.join().unwrap(), vec![EXCHANGES; 1000]);
    keep_warm(2).unwrap();
}
