//! `_manyhands_socket`: sockets between the processes of a program. An address is the
//! name of a listener of the library, and a connection is a pipe. `lib/_sockets.py` makes
//! the class `socket` from it.
//!
//! The first message of a connection is the address of the client, for the listener.
//! What a stream sends is one message or several; an empty message says that nothing
//! more will come. Where a `multiprocessing` connection takes over a socket, its messages
//! follow.

use crate::{
    descriptors::{self, Descriptor},
    error::{exception, os_error},
    objects::{self, End, Parcel},
    program,
    signals::retry,
    waits::Kind,
};
use manyhands::{
    Connection, Error,
    connection::{Listener, connect},
};
use rustpython_vm as vm;
use std::sync::Arc;
use vm::{PyResult, VirtualMachine};

pub(crate) use _manyhands_socket::module_def;

/// The library's name of an address. Two programs on one page do not meet.
fn name(address: &str) -> String {
    format!("{}/{address}", program::first())
}

/// Waits for a client that has told its address; the connection and that address.
fn accept(listener: &Listener) -> Result<(Connection, Vec<u8>), Error> {
    loop {
        let client = listener.accept()?;
        match client.recv_bytes() {
            Ok(address) => return Ok((client, address)),
            // It ended before it told.
            Err(Error::EOFError) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Takes up to `length` bytes from a connection; none at the end of the stream. What is
/// left of a message stays for the next call.
pub fn read(descriptor: i32, end: &End, length: usize, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
    let mut bytes = match descriptors::take_unread(descriptor) {
        Some(bytes) => bytes,
        None => {
            let mut parcel = None;
            retry(vm, Kind::Message, 0, None, |_| {
                match Parcel::receive(&end.get()?, &mut parcel) {
                    Err(Error::EOFError) => Ok(()),
                    other => other,
                }
            })?;
            parcel.map(Parcel::open).unwrap_or_default()
        }
    };
    let rest = bytes.split_off(length.min(bytes.len()));
    descriptors::keep_unread(descriptor, rest);
    Ok(bytes)
}

#[vm::pymodule]
mod _manyhands_socket {
    use super::{
        Arc, Descriptor, End, Kind, Listener, VirtualMachine, connect as connect_to, descriptors,
        exception, name, objects, os_error, read, retry, vm,
    };
    use vm::{
        PyRef, PyResult,
        builtins::{PyBaseExceptionRef, PyBytes},
        function::ArgBytesLike,
    };

    fn not_connected(vm: &VirtualMachine) -> PyBaseExceptionRef {
        os_error(107, &[], vm)
    }

    /// A descriptor for a socket that is neither bound nor connected.
    #[pyfunction]
    fn new() -> i32 {
        descriptors::add(Descriptor::Unconnected)
    }

    /// Gives a socket an address, at which it listens.
    #[pyfunction]
    fn bind(descriptor: i32, address: String, vm: &VirtualMachine) -> PyResult<()> {
        let listener = Listener::bind(&name(&address)).map_err(|error| exception(&error, vm))?;
        descriptors::replace(descriptor, Descriptor::Listener(Arc::new(listener)));
        Ok(())
    }

    /// Waits for a client; the descriptor of the connection, and the client's address.
    #[pyfunction]
    fn accept(descriptor: i32, vm: &VirtualMachine) -> PyResult<(i32, PyRef<PyBytes>)> {
        let Some(Descriptor::Listener(listener)) = descriptors::get(descriptor) else {
            return Err(not_connected(vm));
        };
        let (client, address) = retry(vm, Kind::AnyOf, 0, None, |_| {
            let (client, address) = super::accept(&listener)?;
            Ok((End::new(&client)?, address))
        })?;
        let client = descriptors::add(Descriptor::Connection(client));
        Ok((client, vm.ctx.new_bytes(address)))
    }

    /// Connects a socket to the one that listens at this address, which learns the
    /// address of this one.
    #[pyfunction]
    fn connect(
        descriptor: i32,
        address: String,
        own: ArgBytesLike,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let connected = connect_to(&name(&address)).and_then(|server| {
            server.send_bytes(&own.borrow_buf())?;
            End::new(&server)
        });
        let end = connected.map_err(|error| exception(&error, vm))?;
        descriptors::replace(descriptor, Descriptor::Connection(end));
        Ok(())
    }

    /// Two sockets that are connected to each other.
    #[pyfunction]
    fn pair(vm: &VirtualMachine) -> PyResult<(i32, i32)> {
        let made = manyhands::pipe()
            .and_then(|(first, second)| Ok((End::new(&first)?, End::new(&second)?)));
        let (first, second) = made.map_err(|error| exception(&error, vm))?;
        let add = |end| descriptors::add(Descriptor::Connection(end));
        Ok((add(first), add(second)))
    }

    /// Another descriptor of the same connection.
    #[pyfunction]
    fn dup(descriptor: i32, vm: &VirtualMachine) -> PyResult<i32> {
        let same = descriptors::get(descriptor).ok_or_else(|| os_error(9, &[], vm))?;
        Ok(descriptors::add(same))
    }

    /// Is it a connection, so that data can be sent?
    #[pyfunction]
    fn is_connected(descriptor: i32) -> bool {
        descriptors::connection(descriptor).is_some()
    }

    /// Sends bytes; none say that nothing more will come.
    #[pyfunction]
    fn send(descriptor: i32, bytes: ArgBytesLike, vm: &VirtualMachine) -> PyResult<()> {
        let end = descriptors::connection(descriptor).ok_or_else(|| not_connected(vm))?;
        let bytes = bytes.borrow_buf();
        let mut message = objects::message(&bytes);
        retry(vm, Kind::Room, 0, None, |_| message.send(&end.get()?))
    }

    /// Takes up to so many bytes; none at the end of the stream. What is left of a message
    /// stays for the next call.
    #[pyfunction]
    fn receive(descriptor: i32, length: usize, vm: &VirtualMachine) -> PyResult<PyRef<PyBytes>> {
        let end = descriptors::connection(descriptor).ok_or_else(|| not_connected(vm))?;
        let bytes = read(descriptor, &end, length, vm)?;
        Ok(vm.ctx.new_bytes(bytes))
    }
}
