//! A worker that is given up as late while it is still at work: what was to run in
//! it never runs, and nobody hears of that before the worker is really gone.
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

/// In the place of the glue: the first process's worker takes a lock of the test's
/// and, once it has that of the kernel, is busy for ever. Browsers end such a
/// worker late: Chromium two seconds after it was told to.
const LATE: &str = r#"
if (self.name === 'manyhands process') {
    const isFirst = await new Promise((resolve) => {
        navigator.locks.request('late', { ifAvailable: true }, (lock) => {
            resolve(lock !== null);
            return lock && new Promise(() => {});
        });
    });
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

/// Who has the test's lock, when somebody has it.
const HOLDER: &str = "(async () => {
    for (;;) {
        const { held } = await navigator.locks.query();
        const late = held.find((lock) => lock.name === 'late');
        if (late) return late.clientId;
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
})()";

#[test]
async fn a_start_that_timed_out_runs_nothing_and_is_over_when_it_is_told() {
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
    // Its worker is gone, and the lock with it.
    let held = format!(
        "navigator.locks.query().then(({{ held }}) => held.filter((lock) =>
            lock.clientId === {worker:?} && lock.name.startsWith('manyhands')).length)"
    );
    assert_eq!(eval(&held).await.as_f64(), Some(0.0));
    assert!(!event.is_set());
    let events = collected.events(process.pid().unwrap());
    assert!(events.iter().all(|event| event.op != Op::TargetBegin));
    assert_eq!(diagnostics().processes, 0);

    // The next one has its slot, and comes up.
    let take = "new Promise((resolve) => {
        navigator.locks.request('late', () => { resolve(); return new Promise(() => {}); });
    })";
    eval(take).await;
    let process = Process::spawn(|x: u32| x + 1, 6).unwrap();
    assert_eq!(process.join_async().await.unwrap(), 7);
}
