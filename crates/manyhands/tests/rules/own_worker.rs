//! A program that was loaded in a worker and not on the page may block there.

use js_sys::{Array, Function, Promise, Reflect};
use manyhands::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test as test;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static TEST_GLUE: JsValue;
}

/// Runs in the worker. Returns the answer to the test.
#[wasm_bindgen]
pub async fn __manyhands_test_own_worker() -> String {
    fn talk(lines: u32) -> u32 {
        // The process prints more lines than its trace ring has room for, so the lines
        // must be read while the program blocks.
        for line in 0..lines {
            manyhands::println!("line {line} of a process whose parent blocks in a worker");
        }
        lines
    }
    async fn program() -> Result<u32, Error> {
        let main = Process::spawn(|| 1, ())?;
        if !matches!(main.join(), Err(Error::BlockingOnPage { .. }) | Ok(1)) {
            return Err(Error::RuntimeError("it blocked before it could".into()));
        }
        prewarm(0).await?;
        let lines = Process::spawn(talk, 20_000)?.join()?;
        let queue = Queue::new(1)?;
        let put = |queue: Queue<u32>| (0..100).for_each(|n| queue.put(&n).unwrap());
        let process = Process::spawn(put, queue.clone())?;
        let mut sum = lines;
        for _ in 0..100 {
            sum += queue.get()?;
        }
        process.join()?;
        Ok(sum + main.join()?)
    }
    format!("{:?} {}", program().await, may_block())
}

const SCRIPT: &str = "
    onmessage = async ({ data: { glue, module } }) => {
        try {
            const library = await import(glue);
            library.initSync({ module });
            postMessage(await library.__manyhands_test_own_worker());
        } catch (error) {
            postMessage(String(error));
        }
    };
    postMessage('up');
";

/// Starts a worker with this script. Resolves to the second message that the worker
/// posts.
const START: &str = "
    const worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })), { type: 'module' });
    return new Promise((resolve) => {
        worker.onerror = (event) => resolve('error: ' + event.message);
        worker.onmessage = ({ data }) => {
            if (data === 'up') return worker.postMessage(boot);
            worker.terminate();
            resolve(data);
        };
    });
";

#[test]
async fn a_program_in_a_worker_of_its_own_may_block() {
    crate::setup();
    let boot = js_sys::Object::new();
    Reflect::set(&boot, &"glue".into(), &TEST_GLUE.with(Clone::clone)).unwrap();
    Reflect::set(&boot, &"module".into(), &wasm_bindgen::module()).unwrap();
    let start = Function::new_with_args("script, boot", START);
    let arguments = Array::of2(&SCRIPT.into(), &boot);
    let answer: Promise = start
        .apply(&JsValue::NULL, &arguments)
        .unwrap()
        .unchecked_into();
    let answer = JsFuture::from(answer).await.unwrap().as_string().unwrap();
    assert_eq!(answer, "Ok(24951) true");
}
