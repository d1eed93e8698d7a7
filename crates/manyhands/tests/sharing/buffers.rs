//! Shared buffers, and the names of shared memory.

use manyhands::*;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

async fn all_processes_ended() {
    while diagnostics().processes > 0 {
        sleep_async(Duration::from_millis(5)).await;
    }
}

fn bytes(buffer: &SharedBuffer) -> Vec<u8> {
    let mut bytes = vec![0; buffer.len()];
    buffer.read(0, &mut bytes).unwrap();
    bytes
}

#[test]
async fn a_buffer_is_the_same_bytes_for_all_processes() {
    fn there_too(buffer: SharedBuffer, pairs: Connection) -> SharedBuffer {
        buffer.write(1, b"here").unwrap();
        buffer.store(8, -2.5f64).unwrap();
        buffer.store(6, 513u16).unwrap();
        pairs.send(&(&buffer, 7u8, &buffer)).unwrap();
        buffer
    }
    crate::setup();
    let buffer = SharedBuffer::new(16).unwrap();
    assert_eq!((buffer.len(), bytes(&buffer)), (16, vec![0; 16]));
    let (here, there) = pipe().unwrap();
    let process = Process::spawn(there_too, (buffer.clone(), there)).unwrap();
    let returned = process.join_async().await.unwrap();
    let (first, number, second): (SharedBuffer, u8, SharedBuffer) =
        here.recv_async().await.unwrap();
    assert_eq!(number, 7);
    buffer.write(0, b"t").unwrap();
    for same in [buffer, returned, first, second] {
        assert_eq!(&bytes(&same)[..8], b"there\0\x01\x02");
        assert_eq!(same.load::<f64>(8), Ok(-2.5));
        assert_eq!(same.load::<u8>(7), Ok(2));
    }
}

#[test]
async fn a_buffer_refuses_what_is_beyond_it() {
    crate::setup();
    let buffer = SharedBuffer::new(10).unwrap();
    let index = |result: Result<(), Error>| matches!(result, Err(Error::IndexError(_)));
    for (start, length) in [(0, 11), (10, 1), (11, 0), (usize::MAX, 2)] {
        assert!(index(buffer.read(start, &mut vec![0; length])), "{start}");
        assert!(index(buffer.write(start, &vec![0; length])), "{start}");
    }
    assert!(index(buffer.load::<u8>(10).map(drop)));
    assert!(index(buffer.store(8, 1u32)));
    assert!(matches!(buffer.store(2, 1u32), Err(Error::ValueError(_))));
    assert!(matches!(buffer.load::<i16>(3), Err(Error::ValueError(_))));
    let empty = SharedBuffer::new(0).unwrap();
    assert_eq!((empty.is_empty(), empty.read(0, &mut [])), (true, Ok(())));
    assert!(matches!(
        SharedBuffer::new(1 << 30).map(drop),
        Err(Error::MemoryError { .. })
    ));
}

/// Large copies are made in steps.
#[test]
async fn large_copies_are_whole() {
    crate::setup();
    let buffer = SharedBuffer::new(300_001).unwrap();
    let sent: Vec<u8> = (0..300_000u32).map(|at| (at / 7 % 251) as u8).collect();
    buffer.write(1, &sent).unwrap();
    let all = bytes(&buffer);
    assert_eq!(all[0], 0);
    assert!(all[1..] == sent);
}

#[test]
async fn buffers_leave_nothing_behind() {
    fn leave(buffer: SharedBuffer, name: String) {
        buffer.store(0, 1u8).unwrap();
        let own = SharedBuffer::new(100_000).unwrap();
        let block = SharedMemory::attach(&name).unwrap();
        let of_block = block.buffer().unwrap();
        of_block.store(0, own.load::<u8>(0).unwrap()).unwrap();
        // It ends with all of them in use.
        std::mem::forget((own, block, of_block, buffer));
    }
    crate::setup();
    let round = async || {
        let buffer = SharedBuffer::new(100_000).unwrap();
        let block = SharedMemory::create(None, 100_000).unwrap();
        let of_block = block.buffer().unwrap();
        let arguments = (buffer.clone(), block.name().to_owned());
        let process = Process::spawn(leave, arguments).unwrap();
        process.join_async().await.unwrap();
        block.unlink().unwrap();
        drop(block);
        of_block.store(99_999, 3u8).unwrap();
        assert_eq!(of_block.load::<u8>(99_999), Ok(3));
    };
    round().await;
    all_processes_ended().await;
    let before = diagnostics().arena_bytes_used;
    for _ in 0..5 {
        round().await;
    }
    all_processes_ended().await;
    assert_eq!(diagnostics().arena_bytes_used, before);
}

#[test]
async fn a_name_is_reserved_and_gets_its_size_later() {
    crate::setup();
    let name = "reserved";
    let mut memory = SharedMemory::reserve(name).unwrap();
    assert_eq!(memory.size(), 0);
    let exists = Error::FileExistsError(name.into());
    assert_eq!(SharedMemory::reserve(name).map(drop), Err(exists.clone()));
    assert_eq!(SharedMemory::create(Some(name), 1).map(drop), Err(exists));
    assert_eq!(SharedMemory::attach(name).unwrap().size(), 0);
    assert!(SharedMemory::names().unwrap().contains(&name.to_owned()));

    memory.resize(8).unwrap();
    memory.write(0, b"resized!").unwrap();
    let other = SharedMemory::attach(name).unwrap();
    assert_eq!((other.size(), memory.size()), (8, 8));
    assert_eq!(bytes(&other.buffer().unwrap()), b"resized!");

    memory.resize(3).unwrap();
    assert_eq!(SharedMemory::attach(name).unwrap().size(), 3);
    assert_eq!(bytes(&other.buffer().unwrap()), b"resized!");

    let no_room = memory.resize(1 << 30);
    assert!(matches!(no_room, Err(Error::MemoryError { .. })));
    assert_eq!(SharedMemory::attach(name).unwrap().size(), 3);

    memory.unlink().unwrap();
    assert!(!SharedMemory::names().unwrap().contains(&name.to_owned()));
    let gone = Error::FileNotFoundError(name.into());
    assert_eq!(memory.resize(4), Err(gone));
    memory.close();
    assert!(matches!(memory.resize(4), Err(Error::ValueError(_))));
}

#[test]
async fn reserved_names_leave_nothing_behind() {
    crate::setup();
    let round = || {
        let mut first = SharedMemory::reserve("first").unwrap();
        let mut second = SharedMemory::reserve("second").unwrap();
        // The older of two names, and the newer one.
        first.resize(50_000).unwrap();
        second.resize(50_000).unwrap();
        first.resize(10).unwrap();
        second.unlink().unwrap();
        first.unlink().unwrap();
    };
    round();
    let before = diagnostics().arena_bytes_used;
    for _ in 0..10 {
        round();
    }
    assert_eq!(diagnostics().arena_bytes_used, before);
    assert_eq!(SharedMemory::names(), Ok(vec![]));
}
