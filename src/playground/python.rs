//! `python.js` as Rust sees it: the program interface of the site, and all that the
//! playground uses of Python.

use super::file::File;
use super::load;
use super::objects::{self, Object as Shared};
use super::trace::{self, Record};
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type Module;

    #[wasm_bindgen(method, catch)]
    async fn start(this: &Module, source: &str, options: &Object) -> Result<JsValue, JsValue>;

    type JsRun;

    #[wasm_bindgen(method, getter)]
    fn finished(this: &JsRun) -> Promise;

    #[wasm_bindgen(method, catch)]
    async fn files(this: &JsRun) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method)]
    fn kill(this: &JsRun);

    #[wasm_bindgen(method)]
    fn interrupt(this: &JsRun);

    #[wasm_bindgen(method)]
    fn input(this: &JsRun, text: &JsValue);
}

/// Where the module is. `script/python-image` puts it there.
const ADDRESS: &str = "python/python.js";

/// Something that happened in a program.
pub enum Event {
    /// A process wrote this.
    Output {
        pid: u32,
        is_error: bool,
        text: String,
    },
    /// A process was started, began to run, or ended.
    Process(Process),
    /// A process waits for a line of the standard input, or no longer does.
    Input { pid: u32, waiting: bool },
    /// A thread was started, began to run, got a name, or ended.
    Thread(Thread),
    /// What is inside the program has changed: the objects, and how many there are besides.
    Objects(Vec<Shared>, u32),
    /// What threads did, and how many waits are missing.
    Trace(Vec<Record>, u32),
    /// Nothing in the program can go on, or with `None` something goes on again.
    Blocked(Option<Blocked>),
}

/// Why nothing in a program can go on.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocked {
    /// Who waits for whom, in sentences.
    pub text: String,
    /// The pids of those that wait in the program, with their lines.
    pub lines: Vec<(u32, u32)>,
}

/// What is known of a thread, other than the first one of a process.
#[derive(Clone, Debug, PartialEq)]
pub struct Thread {
    /// Its process.
    pub pid: u32,
    pub thread: u32,
    pub name: Option<String>,
}

/// What is known of a process.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    pub pid: u32,
    /// Known once it runs.
    pub name: Option<String>,
    /// The process that started it; the first one has none.
    pub parent: Option<u32>,
    /// `starting`, `running` or `ended`.
    pub state: String,
    /// Negative for a signal.
    pub exit_code: Option<i32>,
}

/// How a program ended.
pub struct Outcome {
    pub code: i32,
}

/// A program that runs.
pub struct Run {
    run: JsRun,
    _hear: Closure<dyn FnMut(JsValue)>,
}

impl Run {
    /// Starts a program with files beside it, in whose processes one thread at a time runs
    /// Python (`gil`), or all do. The error is a sentence for the visitor.
    pub async fn start(
        source: &str,
        files: &[File],
        gil: bool,
        mut hear: impl FnMut(Event) + 'static,
    ) -> Result<Run, String> {
        let module = load::module(ADDRESS)
            .await
            .map_err(|error| absent(&error))?;
        let hear = Closure::new(move |event: JsValue| {
            if let Some(event) = read(&event) {
                hear(event);
            }
        });
        let options = Object::new();
        let function: &Function = hear.as_ref().unchecked_ref();
        let _ = Reflect::set(&options, &"onEvent".into(), function);
        let _ = Reflect::set(&options, &"gil".into(), &gil.into());
        let beside = Object::new();
        for file in files {
            let _ = Reflect::set(&beside, &file.name.as_str().into(), &file.bytes);
        }
        let _ = Reflect::set(&options, &"files".into(), &beside);
        let module: Module = module.unchecked_into();
        match module.start(source, &options).await {
            Ok(run) => Ok(Run {
                run: run.unchecked_into(),
                _hear: hear,
            }),
            Err(error) => Err(message(&error)),
        }
    }

    /// Waits for the end of the program.
    pub async fn finished(&self) -> Outcome {
        let outcome = JsFuture::from(self.run.finished()).await;
        let code = outcome.ok().and_then(|outcome| number(&outcome, "code"));
        Outcome {
            code: code.map_or(1, |code| code as i32),
        }
    }

    /// What is in its working folder. What cannot be read is left out.
    pub async fn files(&self) -> Vec<File> {
        let files = self.run.files().await.ok();
        let files = files.and_then(|files| files.dyn_into::<Object>().ok());
        let entries = files
            .map(|files| Object::entries(&files))
            .unwrap_or_default();
        let file = |entry: JsValue| {
            let entry = Array::from(&entry);
            Some(File {
                name: entry.get(0).as_string()?.into(),
                bytes: entry.get(1).dyn_into().ok()?,
            })
        };
        entries.iter().filter_map(file).collect()
    }

    /// Kills its processes.
    pub fn kill(&self) {
        self.run.kill();
    }

    /// Raises KeyboardInterrupt in its processes, as Ctrl-C in a terminal does. Returns
    /// whether this interpreter can.
    pub fn interrupt(&self) -> bool {
        let can = Reflect::has(&self.run, &"interrupt".into()).unwrap_or(false);
        if can {
            self.run.interrupt();
        }
        can
    }

    /// Sends a line to its standard input, or `None` for the input's end.
    pub fn input(&self, line: Option<&str>) {
        // (`None` alone would arrive as `undefined`.)
        self.run
            .input(&line.map_or(JsValue::NULL, JsValue::from_str));
    }
}

/// The module could not be fetched: there is none, or no connection.
fn absent(error: &JsValue) -> String {
    format!(
        "Python is not here. It could not be downloaded: is there a connection? Try again in a \
         while. (Where the site has just been built, script/serve makes Python behind the page, \
         which takes some minutes. {})",
        message(error)
    )
}

fn message(error: &JsValue) -> String {
    let text = text(error, "message");
    text.unwrap_or_else(|| format!("{error:?}"))
}

/// An event as `python.js` tells it; `None` if it is none.
pub fn read(event: &JsValue) -> Option<Event> {
    let kind = text(event, "type")?;
    match kind.as_str() {
        "blocked" => {
            return Some(Event::Blocked(text(event, "text").map(|text| Blocked {
                text,
                lines: blocked_lines(event),
            })));
        }
        "objects" => {
            let (objects, more) = objects::read(event);
            return Some(Event::Objects(objects, more));
        }
        "trace" => {
            let dropped = number(event, "dropped").unwrap_or_default() as u32;
            return Some(Event::Trace(trace::read(event), dropped));
        }
        _ => {}
    }
    let pid = number(event, "pid")? as u32;
    match kind.as_str() {
        "thread" => Some(Event::Thread(Thread {
            pid,
            thread: number(event, "thread")? as u32,
            name: text(event, "name"),
        })),
        "output" => Some(Event::Output {
            pid,
            is_error: text(event, "stream")? == "stderr",
            text: text(event, "text")?,
        }),
        "process" => Some(Event::Process(Process {
            pid,
            name: text(event, "name"),
            parent: number(event, "parent").map(|parent| parent as u32),
            state: text(event, "state")?,
            exit_code: number(event, "exitcode").map(|code| code as i32),
        })),
        "input" => Some(Event::Input {
            pid,
            waiting: Reflect::get(event, &"waiting".into()).ok()?.is_truthy(),
        }),
        _ => None,
    }
}

fn blocked_lines(event: &JsValue) -> Vec<(u32, u32)> {
    let waits = Reflect::get(event, &"waits".into()).unwrap_or_default();
    let waits = Array::from(&waits).into_iter();
    waits
        .filter_map(|wait| Some((number(&wait, "pid")? as u32, number(&wait, "line")? as u32)))
        .collect()
}

fn text(of: &JsValue, name: &str) -> Option<String> {
    Reflect::get(of, &name.into()).ok()?.as_string()
}

fn number(of: &JsValue, name: &str) -> Option<f64> {
    Reflect::get(of, &name.into()).ok()?.as_f64()
}
