//! A worker that misses the start time-out while it still runs: its target never runs, and
//! the time-out is reported only after the worker has ended.
#![cfg(target_arch = "wasm32")]

mod common;

use common::*;
use manyhands::{trace::Op, *};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test as test;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static THIS_MODULE: js_sys::JsString;
}

/// Replaces the glue. The worker of the first process takes a Web Lock of this test. Once
/// it also has the kernel's lock, it loops for ever. Browsers terminate such a worker
/// late; Chromium takes two seconds. A worker may evaluate this twice, as its own script
/// and as the script that it imports, so the answer is stored in the worker.
const LATE: &str = r#"
if (self.name === 'manyhands process') {
    const isFirst = await (self.isFirst ??= new Promise((resolve) => {
        navigator.locks.request('late', { ifAvailable: true }, (lock) => {
            resolve(lock !== null);
            return lock && new Promise(() => {});
        });
    }));
    const isHeld = async () => {
        const { held } = await navigator.locks.query();
        const { clientId } = held.find((lock) => lock.name === 'late');
        return held.some((lock) => lock.clientId === clientId && lock.name.startsWith('manyhands'));
    };
    if (isFirst) {
        while (!await isHeld()) await new Promise((resolve) => setTimeout(resolve, 5));
        for (;;);
    }
}
"#;

async fn eval(program: &str) -> JsValue {
    let promise = js_sys::eval(program).expect("a valid program");
    JsFuture::from(js_sys::Promise::resolve(&promise))
        .await
        .expect("locks can be asked for")
}

/// Waits until a worker has the test's lock; returns the worker's client id.
const HOLDER: &str = "(async () => {
    for (;;) {
        const { held } = await navigator.locks.query();
        const late = held.find((lock) => lock.name === 'late');
        if (late) return late.clientId;
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
})()";

#[test]
async fn a_timed_out_start_runs_nothing_and_its_worker_has_ended() {
    let glue = THIS_MODULE.with(|url| String::from(url.clone()));
    let parts = js_sys::Array::of1(&format!("export * from {glue:?};\n{LATE}").into());
    js_sys::Reflect::set(&js_sys::global(), &"late".into(), &parts).unwrap();
    let blob = "URL.createObjectURL(new Blob(late, { type: 'text/javascript' }))";
    configure(Settings {
        glue_url: js_sys::eval(blob).unwrap().as_string(),
        start_timeout_ms: 1500,
        ..Settings::default()
    })
    .unwrap();
    let collected = Collected::new();
    let event = Event::new().unwrap();
    let process = Process::spawn(|event: Event| event.set(), event.clone()).unwrap();
    let worker = eval(HOLDER).await.as_string().unwrap();

    let error = failure(&process).await;
    assert_eq!((error.exit_code, error.reason), (1, Reason::StartTimedOut));
    // The worker has ended, so its lock is free.
    let held = format!(
        "navigator.locks.query().then(({{ held }}) => held.filter((lock) =>
            lock.clientId === {worker:?} && lock.name.startsWith('manyhands')).length)"
    );
    assert_eq!(eval(&held).await.as_f64(), Some(0.0));
    assert!(!event.is_set());
    let events = collected.events(process.pid().unwrap());
    assert!(events.iter().all(|event| event.op != Op::TargetBegin));
    assert_eq!(diagnostics().processes, 0);

    // The next process gets the same slot and starts.
    let take = "new Promise((resolve) => {
        navigator.locks.request('late', () => { resolve(); return new Promise(() => {}); });
    })";
    eval(take).await;
    let process = Process::spawn(|x: u32| x + 1, 6).unwrap();
    assert_eq!(process.join_async().await.unwrap(), 7);
}
