//! A process that does what it is asked, again and again: the main program of
//! the tutorials, which may block.

use crate::{RunError, execute::must, session::Session};
use manyhands::{Connection, Error, Process, Target, pipe};
use serde::{Serialize, de::DeserializeOwned};
use std::marker::PhantomData;

/// The page's end: questions out, answers in.
pub(crate) struct Driver<Q, A> {
    connection: Connection,
    process: Process<()>,
    questions: PhantomData<fn(Q) -> A>,
}

impl<Q: Serialize, A: DeserializeOwned> Driver<Q, A> {
    /// Starts the process, whose target is given its end of the pipe and these
    /// arguments.
    pub(crate) fn start<B, M, T>(target: T, arguments: B) -> Result<Self, RunError>
    where
        T: Target<(Connection, B), M, Output = ()>,
        B: Serialize,
    {
        let (connection, theirs) = pipe()?;
        let process = Process::builder()
            .name("driver")
            .spawn(target, (theirs, arguments))?;
        Ok(Driver {
            connection,
            process,
            questions: PhantomData,
        })
    }

    /// Asks, and waits for the answer. Where the process has died, that is the
    /// error.
    pub(crate) async fn ask(&self, session: &mut Session<'_>, question: Q) -> Result<A, RunError> {
        let question = Some(question);
        let sent = session.until(self.connection.send_async(&question)).await;
        let answer = match sent {
            Ok(()) => session.until(self.connection.recv_async()).await,
            Err(error) => Err(error),
        };
        match answer {
            Err(RunError::Process(Error::EOFError | Error::BrokenPipeError)) => {
                session.until(self.process.join_async()).await?;
                Err(RunError::Process(Error::EOFError))
            }
            answer => answer,
        }
    }

    /// Lets it end.
    pub(crate) async fn end(self, session: &mut Session<'_>) -> Result<(), RunError> {
        let nothing = None::<Q>;
        session.until(self.connection.send_async(&nothing)).await?;
        session.until(self.process.join_async()).await
    }
}

/// The process's end: answers until there is nothing more to ask.
pub(crate) fn answer<Q: DeserializeOwned, A: Serialize>(
    connection: &Connection,
    mut answer: impl FnMut(Q) -> A,
) {
    while let Some(question) = must(connection.recv::<Option<Q>>()) {
        must(connection.send(&answer(question)));
    }
}
