//! A process that executes requests of the page one after the other. It takes the place of
//! the main program in the tutorials, because a process may block and the page may not.

use crate::{RunError, execute::must, session::Session};
use manyhands::{Connection, Error, Process, Target, pipe};
use serde::{Serialize, de::DeserializeOwned};
use std::marker::PhantomData;

/// The page's end of the pipe: sends requests and receives replies.
pub(crate) struct Driver<Request, Reply> {
    connection: Connection,
    process: Process<()>,
    requests: PhantomData<fn(Request) -> Reply>,
}

impl<Request: Serialize, Reply: DeserializeOwned> Driver<Request, Reply> {
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
            requests: PhantomData,
        })
    }

    /// Sends a request and waits for the reply. If the process has died, returns the
    /// error of the process.
    pub(crate) async fn request(
        &self,
        session: &mut Session<'_>,
        request: Request,
    ) -> Result<Reply, RunError> {
        let request = Some(request);
        let sent = session.wait_for(self.connection.send_async(&request)).await;
        let reply = match sent {
            Ok(()) => session.wait_for(self.connection.recv_async()).await,
            Err(error) => Err(error),
        };
        match reply {
            Err(RunError::Process(Error::EOFError | Error::BrokenPipeError)) => {
                session.wait_for(self.process.join_async()).await?;
                Err(RunError::Process(Error::EOFError))
            }
            reply => reply,
        }
    }

    /// Closes the pipe, so that the process ends.
    pub(crate) async fn end(self, session: &mut Session<'_>) -> Result<(), RunError> {
        let nothing = None::<Request>;
        session
            .wait_for(self.connection.send_async(&nothing))
            .await?;
        session.wait_for(self.process.join_async()).await
    }
}

/// The process's end of the pipe: replies to requests until the pipe is closed.
pub(crate) fn serve<Request: DeserializeOwned, Reply: Serialize>(
    connection: &Connection,
    mut reply_to: impl FnMut(Request) -> Reply,
) {
    while let Some(request) = must(connection.recv::<Option<Request>>()) {
        must(connection.send(&reply_to(request)));
    }
}
