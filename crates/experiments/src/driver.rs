//! A process that executes requests of the page one after the other. It takes the place of
//! the main program in the tutorials, since it may block and the page may not.

use crate::{RunError, execute::must, session::Session};
use manyhands::{Connection, Error, Process, Target, pipe};
use serde::{Serialize, de::DeserializeOwned};
use std::marker::PhantomData;

/// The page's end of the pipe: sends requests and receives answers.
pub(crate) struct Driver<Q, A> {
    connection: Connection,
    process: Process<()>,
    questions: PhantomData<fn(Q) -> A>,
}

impl<Q: Serialize, A: DeserializeOwned> Driver<Q, A> {
    /// Starts the process. Its target receives the other end of the pipe and these
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

    /// Sends a request and waits for the answer. If the process has died, returns the
    /// error of the process.
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

    /// Closes the pipe, so that the process ends.
    pub(crate) async fn end(self, session: &mut Session<'_>) -> Result<(), RunError> {
        let nothing = None::<Q>;
        session.until(self.connection.send_async(&nothing)).await?;
        session.until(self.process.join_async()).await
    }
}

/// The process's end of the pipe: answers requests until the pipe is closed.
pub(crate) fn answer<Q: DeserializeOwned, A: Serialize>(
    connection: &Connection,
    mut answer: impl FnMut(Q) -> A,
) {
    while let Some(question) = must(connection.recv::<Option<Q>>()) {
        must(connection.send(&answer(question)));
    }
}
