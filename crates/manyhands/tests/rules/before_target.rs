//! What runs in a process before its target: `main`, and the function that `preload` is
//! given.

use crate::setup;
use manyhands::*;
use std::cell::{Cell, RefCell};
use wasm_bindgen_test::wasm_bindgen_test as test;

thread_local! {
    /// What happened in this process before its target, in order.
    static BEFORE: RefCell<Vec<String>> = RefCell::default();
    static STARTED: Cell<bool> = const { Cell::new(false) };
}

/// A constructor, which runs when the module is instantiated: in every process and on the
/// page, as `main` does. (The runner of the tests leaves start functions out. With
/// threads, constructors run before the thread's memory is ready, so that build does not
/// have this test.)
#[used]
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = start;

extern "C" fn start() {
    // The linker has constructors run before every exported function.
    if is_main() || STARTED.replace(true) {
        return;
    }
    // As in a program that has forgotten to ask whether it is the main program.
    let refused = Process::spawn(|| (), ()).map(drop);
    assert_eq!(Queue::<u32>::new(0).map(drop), refused);
    let refused = refused.map_err(|error| error.to_string());
    BEFORE.with_borrow_mut(|before| before.push(format!("start: {refused:?}")));
    preload(|| {
        let mut bytes = [0; 4];
        let read = read_preload_data(70_000, &mut bytes).map(|()| bytes);
        let beyond = read_preload_data(99_998, &mut bytes).map_err(|error| error.to_string());
        BEFORE.with_borrow_mut(|before| before.push(format!("preload: {read:?} {beyond:?}")));
    });
}

fn byte(index: usize) -> u8 {
    (index % 251) as u8
}

/// Without an error, each process would start another one, without end.
#[test]
async fn nothing_can_be_started_before_the_target() {
    setup();
    let fill = |start: usize, piece: &mut [u8]| {
        for (index, into) in piece.iter_mut().enumerate() {
            *into = byte(start + index);
        }
    };
    // The tests of a module run in one page, and others of them may have started processes.
    set_preload_data(100_000, fill).unwrap();
    let again = set_preload_data(1, fill);
    assert!(matches!(again, Err(Error::ValueError(_))), "{again:?}");
    let mut bytes = [0; 3];
    read_preload_data(65_535, &mut bytes).unwrap();
    assert_eq!(bytes, [byte(65_535), byte(65_536), byte(65_537)]);
    update_preload_data(70_001, &[1, 2]).unwrap();
    let beyond = update_preload_data(99_999, &[1, 2]);
    assert!(matches!(beyond, Err(Error::IndexError(_))), "{beyond:?}");
    let in_a_process = Process::spawn(|| update_preload_data(0, &[1]), ());
    let refused = in_a_process.unwrap().join_async().await.unwrap();
    assert!(matches!(refused, Err(Error::ValueError(_))), "{refused:?}");
    for method in [StartMethod::Spawn, StartMethod::Forkserver] {
        let builder = Process::builder().start_method(method);
        let process = builder.spawn(|| BEFORE.with_borrow(Clone::clone), ());
        let before = process.unwrap().join_async().await.unwrap();
        assert_eq!(before.len(), 2, "{before:?}");
        assert!(before[0].contains("manyhands::is_main()"), "{before:?}");
        assert!(before[1].starts_with("preload: "), "{before:?}");
        // A warm worker may have been loaded before there were any data.
        if method == StartMethod::Spawn {
            let read = [byte(70_000), 1, 2, byte(70_003)];
            let beyond = "4 bytes from byte 99998 on: there are 100000 bytes of preload data";
            assert_eq!(before[1], format!("preload: Ok({read:?}) Err({beyond:?})"));
        }
    }
}
