//! The standard input of a program: lines that the page sends. The first process reads
//! them. Every other process reads the end of its input at once, as CPython's children do.

use manyhands::{Connection, Error, ProcessWide};
use serde::{Deserialize, Serialize};
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, OnceLock},
    time::Duration,
};

/// What the first process has of the two pipes that connect it with the page.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProcessEnds {
    /// Each message is a piece of text; `None` is the end of the input.
    texts: ProcessWide<Connection>,
    /// Tells whether the process waits for a piece.
    waiting: ProcessWide<Connection>,
}

/// What the page has of them.
pub struct PageEnds {
    texts: Connection,
    waiting: Connection,
}

/// More than anybody types, so that the page never waits.
const CAPACITY: u32 = u32::MAX;

/// The two pipes.
///
/// # Errors
/// As [`manyhands::one_way_pipe`].
pub fn pipes() -> Result<(PageEnds, ProcessEnds), Error> {
    let (texts, texts_from_page) = manyhands::one_way_pipe(CAPACITY)?;
    let (waiting, waiting_to_page) = manyhands::one_way_pipe(CAPACITY)?;
    let process = ProcessEnds {
        texts: ProcessWide::new(&texts)?,
        waiting: ProcessWide::new(&waiting_to_page)?,
    };
    let page = PageEnds {
        texts: texts_from_page,
        waiting,
    };
    Ok((page, process))
}

impl PageEnds {
    /// Sends a line, whose end is added if it lacks one, or with `None` the end of the
    /// input. A program that has ended need not hear of it.
    pub fn send(&self, text: Option<String>) {
        let text = text.map(|text| match text.ends_with('\n') {
            true => text,
            false => text + "\n",
        });
        let _ = self.texts.send(&text);
    }

    /// Whether the process waits, each time that this changes; `None` when the process
    /// has ended.
    pub async fn waiting(&self) -> Option<bool> {
        self.waiting.recv_async().await.ok()
    }
}

static ENDS: OnceLock<ProcessEnds> = OnceLock::new();

/// What has arrived and was not read, and whether the end has arrived.
static ARRIVED: Mutex<(VecDeque<u8>, bool)> = Mutex::new((VecDeque::new(), false));

fn arrived() -> MutexGuard<'static, (VecDeque<u8>, bool)> {
    ARRIVED
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Makes this the process that reads the input.
pub fn begin(ends: ProcessEnds) {
    let _ = ENDS.set(ends);
}

/// Reads at most so many bytes, and none at the end of the input. Waits until there are
/// some.
///
/// # Errors
/// [`Error::InterruptedError`], after which nothing is lost.
pub fn read(length: usize) -> Result<Vec<u8>, Error> {
    let Some(ends) = ENDS.get() else {
        return Ok(Vec::new());
    };
    loop {
        {
            let (bytes, ended) = &mut *arrived();
            if *ended || !bytes.is_empty() {
                let length = length.min(bytes.len());
                return Ok(bytes.drain(..length).collect());
            }
        }
        let text = receive(ends)?;
        let (bytes, ended) = &mut *arrived();
        match text {
            Some(text) => bytes.extend(text.into_bytes()),
            None => *ended = true,
        }
    }
}

/// Receives a piece of text; `None` at the end, and if the page is gone. The page hears of
/// a wait, and of its end.
fn receive(ends: &ProcessEnds) -> Result<Option<String>, Error> {
    let texts = ends.texts.get()?;
    let waits = !texts.poll(Duration::ZERO)?;
    let waiting = ends.waiting.get()?;
    if waits {
        let _ = waiting.send(&true);
    }
    let received = texts.recv();
    if waits {
        let _ = waiting.send(&false);
    }
    match received {
        Err(Error::EOFError) => Ok(None),
        received => received,
    }
}
