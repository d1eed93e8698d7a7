//! Processes that are killed while they use shared objects.

use super::{prewarm_workers, run_in_process};
use manyhands::*;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

/// When a producer or a consumer is killed at any moment, the others go on, and every
/// message that arrives is complete.
#[test]
async fn kills_leave_the_queue_intact() {
    prewarm_workers().await;
    fn produce(queue: Queue<Vec<u32>>) {
        for number in 0..=u32::MAX {
            queue.put(&vec![number; (number % 700) as usize]).unwrap();
        }
    }
    fn consume(queue: Queue<Vec<u32>>) {
        loop {
            queue.get().unwrap();
        }
    }
    fn program() -> u32 {
        let queue = Queue::new(50).unwrap();
        let mut received = 0;
        for round in 0..12 {
            let producer = Process::spawn(produce, queue.clone()).unwrap();
            let consumer = Process::spawn(consume, queue.clone()).unwrap();
            // The producer runs for as long as this takes, which differs in every round.
            for _ in 0..(round * 37) {
                let got = queue.get().unwrap();
                assert!(got.iter().all(|number| *number % 700 == got.len() as u32));
                received += 1;
            }
            producer.kill().unwrap();
            consumer.kill().unwrap();
            assert!(producer.join().is_err());
            assert!(consumer.join().is_err());
            while let Ok(got) = queue.try_get() {
                assert!(got.iter().all(|number| *number % 700 == got.len() as u32));
            }
            assert_eq!(queue.qsize(), 0);
        }
        received
    }
    assert!(super::run_in_process(program, ()).await > 0);
}

const KILLS: u32 = 200;
const WORKERS: u32 = 8;

#[derive(Clone, Serialize, Deserialize)]
struct Shared {
    queue: Queue<Vec<u32>>,
    lock: Lock,
    /// Two numbers that are changed together, with the lock held.
    pair: RawArray<u32>,
    /// The number of operations that each worker has done.
    turns: RawArray<u32>,
    rlock: RLock,
    condition: Condition,
    barrier: Barrier,
}

impl Shared {
    fn new() -> Shared {
        let rlock = RLock::new().unwrap();
        Shared {
            queue: Queue::new(8).unwrap(),
            lock: Lock::new().unwrap(),
            pair: RawArray::new(2).unwrap(),
            turns: RawArray::new(WORKERS as usize).unwrap(),
            condition: Condition::with_lock(rlock.clone()).unwrap(),
            rlock,
            barrier: Barrier::new(2).unwrap(),
        }
    }

    fn put(&self, number: u32) {
        let item = vec![number; (number % 700) as usize];
        self.queue.put(&item).unwrap();
    }

    fn change_pair(&self) {
        match self.lock.lock() {
            Ok(_lock) => {
                let (first, second) = (self.pair.get(0), self.pair.get(1));
                assert_eq!(first, second);
                self.pair.add(0, 1).unwrap();
                self.pair.add(1, 1).unwrap();
            }
            Err(Error::OwnerDied { .. }) => self.recover_lock(),
            Err(error) => panic!("{error:?}"),
        }
    }

    /// Recovers the lock of a dead owner and repairs the numbers that it protects.
    fn recover_lock(&self) {
        if self.lock.recover() {
            self.pair.set(1, self.pair.get(0).unwrap()).unwrap();
            self.lock.release().unwrap();
        }
    }

    fn notify_and_wait(&self) {
        let turn = self.condition.lock().and_then(|_lock| {
            self.condition.notify_all()?;
            self.condition.wait_timeout(Duration::from_micros(500))
        });
        match turn {
            Ok(_) => {}
            Err(Error::OwnerDied { .. }) => {
                if self.condition.recover() {
                    self.condition.release().unwrap();
                }
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    fn wait_at_barrier(&self) {
        match self.barrier.wait_timeout(Duration::from_millis(2)) {
            Ok(number) => assert!(number < 2),
            Err(Error::BrokenBarrierError) => self.barrier.reset(),
            Err(error) => panic!("{error:?}"),
        }
    }

    /// Checks that all objects work as if no process had been killed.
    fn assert_all_objects_work(&self) {
        while let Ok(got) = self.queue.try_get() {
            assert_intact(&got);
        }
        assert_eq!(self.queue.qsize(), 0);
        for number in 0..8 {
            self.queue.try_put(&vec![number; 100]).unwrap();
        }
        assert!(self.queue.is_full());
        for number in 0..8 {
            assert_eq!(self.queue.try_get(), Ok(vec![number; 100]));
        }
        self.recover_lock();
        drop(self.lock.lock().unwrap());
        assert_eq!(self.pair.get(0), self.pair.get(1));
        if self.condition.recover() {
            self.condition.release().unwrap();
        }
        let waiter = Process::spawn(
            |shared: Shared, ready: Queue<()>| {
                let _lock = shared.condition.lock().unwrap();
                ready.put(&()).unwrap();
                shared.condition.wait().unwrap();
            },
            (self.clone(), Queue::new(0).unwrap()),
        );
        let waiter = waiter.unwrap();
        // Once the process waits, the next notification wakes it. Processes that were
        // killed still count as waiting, and a notification may be spent on one of them,
        // so all are notified.
        while waiter.is_alive().unwrap() {
            let _lock = self.condition.lock().unwrap();
            self.condition.notify_all().unwrap();
        }
        waiter.join().unwrap();
        self.barrier.reset();
        let other = Process::spawn(
            |shared: Shared| shared.barrier.wait().unwrap(),
            self.clone(),
        );
        let mine = self.barrier.wait().unwrap();
        assert_eq!(mine + other.unwrap().join().unwrap(), 1);
    }
}

fn assert_intact(numbers: &[u32]) {
    let right = |number: &u32| *number == numbers[0] && *number % 700 == numbers.len() as u32;
    assert!(numbers.iter().all(right));
}

fn worker(shared: Shared, role: u32) {
    let mut turn = 0;
    loop {
        match role {
            0 => shared.put(turn),
            1 => assert_intact(&shared.queue.get().unwrap()),
            2 | 3 => shared.change_pair(),
            4 | 5 => shared.notify_and_wait(),
            _ => shared.wait_at_barrier(),
        }
        shared.turns.add(role as usize, 1).unwrap();
        turn += 1;
    }
}

/// A generator of numbers that are the same in every run.
fn random(state: &mut u64) -> u32 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 32) as u32
}

/// Kills workers at random moments of their operations. The other workers go on or get
/// typed errors, all objects work afterwards, and the memory of the dead is free again.
#[test]
async fn objects_work_after_two_hundred_kills() {
    prewarm_workers().await;
    fn start(shared: &Shared, role: u32) -> Process<()> {
        let builder = Process::builder().start_method(StartMethod::Forkserver);
        builder.spawn(worker, (shared.clone(), role)).unwrap()
    }
    fn kill_and_join(process: &Process<()>) {
        process.kill().unwrap();
        match process.join() {
            Err(Error::ProcessError(error)) => {
                assert_eq!(error.reason, Reason::Killed, "{error}");
            }
            other => panic!("{other:?}"),
        }
    }
    fn random_kills(kills: u32, state: &mut u64) -> u32 {
        let shared = Shared::new();
        let mut workers: Vec<_> = (0..WORKERS).map(|role| start(&shared, role)).collect();
        for _ in 0..kills {
            let role = random(state) % WORKERS;
            // The worker is killed after up to four more operations, at some moment of
            // the next one.
            let turns = || shared.turns.get(role as usize).unwrap();
            let last = turns().wrapping_add(random(state) % 4);
            while turns() <= last {
                if let Ok(got) = shared.queue.get_timeout(Duration::from_millis(1)) {
                    assert_intact(&got);
                }
            }
            kill_and_join(&workers[role as usize]);
            workers[role as usize] = start(&shared, role);
        }
        workers.iter().for_each(kill_and_join);
        drop(workers);
        shared.assert_all_objects_work();
        shared.pair.get(0).unwrap()
    }
    fn program() -> (u32, i64, i64) {
        let mut state = 0x9e37_79b9_7f4a_7c15;
        // A first run, so that everything exists that is kept for later.
        random_kills(10, &mut state);
        let before = diagnostics().arena_bytes_used;
        let changes = random_kills(KILLS, &mut state);
        let after = diagnostics().arena_bytes_used;
        (changes, before.into(), after.into())
    }
    let (changes, before, after) = run_in_process(program, ()).await;
    assert!(changes > 0);
    // A killed process may leak the one block that it was allocating. A leaked queue with
    // its messages would be more than the limit.
    assert!(
        after - before <= 100_000,
        "{} bytes more than before",
        after - before
    );
}

/// Reads the shared memories whose names it receives, and counts in an array of its own.
fn read_blocks(own: RawArray<u64>, questions: Queue<Option<String>>, answers: Queue<u64>) {
    while let Some(name) = questions.get().unwrap() {
        let memory = SharedMemory::attach(&name).unwrap();
        let numbers = memory.array::<u64>(0, memory.size() / 8).unwrap();
        answers.put(&numbers.to_vec().iter().sum()).unwrap();
        for index in 0..own.len() {
            own.add(index, index as u64).unwrap();
        }
    }
}

const BLOCK: usize = 1 << 20;

/// The arena grows while several processes read from it, and all objects keep their
/// content. When it cannot grow any more, there is an error, and all objects still exist.
#[test]
async fn the_arena_grows_in_use_and_reports_when_it_is_full() {
    prewarm_workers().await;
    fn program() {
        let (questions, answers) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
        let own: Vec<_> = (0..3).map(|_| RawArray::new(100).unwrap()).collect();
        let spawn = |own: &RawArray<u64>| {
            let arguments = (own.clone(), questions.clone(), answers.clone());
            // A daemon, so that a failed assertion ends this program: it would wait for its
            // other children.
            let builder = Process::builder().daemon(true);
            builder.spawn(read_blocks, arguments).unwrap()
        };
        let readers: Vec<_> = own.iter().map(spawn).collect();
        let mut rounds = 0;
        let mut blocks: Vec<(SharedMemory, u64)> = Vec::new();
        let mut ask_readers = |block: &(SharedMemory, u64)| {
            for _ in 0..3 {
                questions.put(&Some(block.0.name().to_string())).unwrap();
            }
            for _ in 0..3 {
                assert_eq!(answers.get(), Ok(block.1));
            }
            rounds += 1;
        };
        let mut sizes = vec![diagnostics().arena_bytes];
        // An earlier test may have let the arena grow as far as it may; half of it is room
        // for the messages.
        while sizes.len() < 4 && blocks.len() < 30 {
            let memory = SharedMemory::create(None, BLOCK).unwrap();
            let number = blocks.len() as u64 + 1;
            let numbers = memory.array::<u64>(0, BLOCK / 8).unwrap();
            numbers.write(0, &vec![number; BLOCK / 8]).unwrap();
            blocks.push((memory, number * BLOCK as u64 / 8));
            ask_readers(blocks.last().unwrap());
            let size = diagnostics().arena_bytes;
            if sizes.last() != Some(&size) {
                sizes.push(size);
            }
        }
        assert!(sizes.is_sorted());
        blocks.iter().for_each(&mut ask_readers);

        let (receiver, sender) = one_way_pipe(u32::MAX).unwrap();
        let mut sent = 0;
        let refused = loop {
            match sender.send_bytes(&vec![sent as u8; BLOCK]) {
                Ok(()) => sent += 1,
                Err(error) => break error,
            }
        };
        let no_room = Error::MemoryError {
            bytes: BLOCK,
            limit: 64 << 20,
        };
        assert_eq!(refused, no_room);
        assert!(sent > 3);
        assert_eq!(SharedMemory::create(None, BLOCK).map(drop), Err(no_room));
        // A message that is taken makes room, all others keep theirs, and the contents are
        // unchanged.
        assert!(receiver.recv_bytes().unwrap() == vec![0; BLOCK]);
        blocks.iter().for_each(&mut ask_readers);
        for number in 1..sent {
            assert!(receiver.recv_bytes().unwrap() == vec![number as u8; BLOCK]);
        }
        assert!(!receiver.poll(Duration::ZERO).unwrap());
        sender.send_bytes(&vec![1; BLOCK]).unwrap();
        assert!(receiver.recv_bytes().unwrap() == vec![1; BLOCK]);

        for _ in &readers {
            questions.put(&None).unwrap();
        }
        for reader in readers {
            reader.join().unwrap();
        }
        let mut seen = 0;
        for own in own {
            let numbers = own.to_vec();
            seen += numbers[1];
            assert!(
                (0..)
                    .zip(&numbers)
                    .all(|(index, number)| *number == index * numbers[1])
            );
        }
        assert_eq!(seen, 3 * rounds);
        for (memory, _) in blocks {
            memory.unlink().unwrap();
        }
    }
    run_in_process(program, ()).await;
}
