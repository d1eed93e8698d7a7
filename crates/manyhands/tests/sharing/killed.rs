//! Processes killed in the middle of it.

use super::{crowd, there};
use manyhands::*;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Whoever is killed, wherever: the others go on, and every message that
/// arrives is whole.
#[test]
async fn kills_leave_the_queue_whole() {
    crowd().await;
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
            // It runs for as long as this takes, which is never the same.
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
    assert!(super::there(program, ()).await > 0);
}

const KILLS: u32 = 200;
const CREW: u32 = 8;

#[derive(Clone, Serialize, Deserialize)]
struct Shared {
    queue: Queue<Vec<u32>>,
    lock: Lock,
    /// Two that are changed together, under the lock.
    twins: RawArray<u32>,
    /// How many turns each of the crew has had.
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
            twins: RawArray::new(2).unwrap(),
            turns: RawArray::new(CREW as usize).unwrap(),
            condition: Condition::with_lock(rlock.clone()).unwrap(),
            rlock,
            barrier: Barrier::new(2).unwrap(),
        }
    }

    fn put(&self, number: u32) {
        let item = vec![number; (number % 700) as usize];
        self.queue.put(&item).unwrap();
    }

    fn change_twins(&self) {
        match self.lock.lock() {
            Ok(_lock) => {
                let (first, second) = (self.twins.get(0), self.twins.get(1));
                assert_eq!(first, second);
                self.twins.add(0, 1).unwrap();
                self.twins.add(1, 1).unwrap();
            }
            Err(Error::OwnerDied { .. }) => self.put_right(),
            Err(error) => panic!("{error:?}"),
        }
    }

    /// What its owner left half changed.
    fn put_right(&self) {
        if self.lock.recover() {
            self.twins.set(1, self.twins.get(0).unwrap()).unwrap();
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

    fn meet(&self) {
        match self.barrier.wait_timeout(Duration::from_millis(2)) {
            Ok(number) => assert!(number < 2),
            Err(Error::BrokenBarrierError) => self.barrier.reset(),
            Err(error) => panic!("{error:?}"),
        }
    }

    /// All of it as if nobody had ever died.
    fn works(&self) {
        while let Ok(got) = self.queue.try_get() {
            whole(&got);
        }
        assert_eq!(self.queue.qsize(), 0);
        for number in 0..8 {
            self.queue.try_put(&vec![number; 100]).unwrap();
        }
        assert!(self.queue.is_full());
        for number in 0..8 {
            assert_eq!(self.queue.try_get(), Ok(vec![number; 100]));
        }
        self.put_right();
        drop(self.lock.lock().unwrap());
        assert_eq!(self.twins.get(0), self.twins.get(1));
        if self.condition.recover() {
            self.condition.release().unwrap();
        }
        let waiter = Process::spawn(
            |shared: Shared, there: Queue<()>| {
                let _lock = shared.condition.lock().unwrap();
                there.put(&()).unwrap();
                shared.condition.wait().unwrap();
            },
            (self.clone(), Queue::new(0).unwrap()),
        );
        let waiter = waiter.unwrap();
        // Once it waits, it hears the next call. (The dead count as waiting: a
        // call may go to one of them, and so all are called.)
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

fn whole(numbers: &[u32]) {
    let right = |number: &u32| *number == numbers[0] && *number % 700 == numbers.len() as u32;
    assert!(numbers.iter().all(right));
}

fn worker(shared: Shared, role: u32) {
    let mut turn = 0;
    loop {
        match role {
            0 => shared.put(turn),
            1 => whole(&shared.queue.get().unwrap()),
            2 | 3 => shared.change_twins(),
            4 | 5 => shared.notify_and_wait(),
            _ => shared.meet(),
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

/// At random moments, in whatever they do: the survivors get typed errors or go
/// on, all objects work afterwards, and what the dead held is free again.
#[test]
async fn two_hundred_kills() {
    crowd().await;
    fn start(shared: &Shared, role: u32) -> Process<()> {
        let builder = Process::builder().start_method(StartMethod::Forkserver);
        builder.spawn(worker, (shared.clone(), role)).unwrap()
    }
    fn end(process: &Process<()>) {
        process.kill().unwrap();
        match process.join() {
            Err(Error::ProcessError(error)) => {
                assert_eq!(error.reason, Reason::Killed, "{error}");
            }
            other => panic!("{other:?}"),
        }
    }
    fn storm(kills: u32, state: &mut u64) -> u32 {
        let shared = Shared::new();
        let mut crew: Vec<_> = (0..CREW).map(|role| start(&shared, role)).collect();
        for _ in 0..kills {
            let role = random(state) % CREW;
            // After so many turns of its own, and somewhere in the next.
            let turns = || shared.turns.get(role as usize).unwrap();
            let last = turns().wrapping_add(random(state) % 4);
            while turns() <= last {
                if let Ok(got) = shared.queue.get_timeout(Duration::from_millis(1)) {
                    whole(&got);
                }
            }
            end(&crew[role as usize]);
            crew[role as usize] = start(&shared, role);
        }
        crew.iter().for_each(end);
        drop(crew);
        shared.works();
        shared.twins.get(0).unwrap()
    }
    fn program() -> (u32, i64, i64) {
        let mut state = 0x9e37_79b9_7f4a_7c15;
        // Once before, so that all trace rings are there.
        storm(10, &mut state);
        let before = diagnostics().arena_bytes_used;
        let changes = storm(KILLS, &mut state);
        let after = diagnostics().arena_bytes_used;
        (changes, before.into(), after.into())
    }
    let (changes, before, after) = there(program, ()).await;
    assert!(changes > 0);
    // A slot that was not used before has a new trace ring, and who is ended from
    // outside may leave the block it was about to make its own. A queue with what
    // was in it is more.
    assert!(
        after - before <= 100_000,
        "{} bytes more than before",
        after - before
    );
}

/// A process that keeps numbers of its own, and looks at what it is told to.
fn look(own: RawArray<u64>, questions: Queue<Option<String>>, answers: Queue<u64>) {
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

/// While several processes look at it the arena grows, and everything stays
/// where it was; when it can grow no more that is an error, and all that there
/// was is still there.
#[test]
async fn the_arena_grows_under_use_and_says_when_it_cannot() {
    crowd().await;
    fn program() {
        let (questions, answers) = (Queue::new(0).unwrap(), Queue::new(0).unwrap());
        let own: Vec<_> = (0..3).map(|_| RawArray::new(100).unwrap()).collect();
        let spawn = |own: &RawArray<u64>| {
            let arguments = (own.clone(), questions.clone(), answers.clone());
            Process::spawn(look, arguments).unwrap()
        };
        let lookers: Vec<_> = own.iter().map(spawn).collect();
        let mut rounds = 0;
        let mut blocks: Vec<(SharedMemory, u64)> = Vec::new();
        let mut ask = |block: &(SharedMemory, u64)| {
            for _ in 0..3 {
                questions.put(&Some(block.0.name().to_string())).unwrap();
            }
            for _ in 0..3 {
                assert_eq!(answers.get(), Ok(block.1));
            }
            rounds += 1;
        };
        let mut sizes = vec![diagnostics().arena_bytes];
        while sizes.len() < 4 {
            let memory = SharedMemory::create(None, BLOCK).unwrap();
            let number = blocks.len() as u64 + 1;
            let numbers = memory.array::<u64>(0, BLOCK / 8).unwrap();
            numbers.write(0, &vec![number; BLOCK / 8]).unwrap();
            blocks.push((memory, number * BLOCK as u64 / 8));
            ask(blocks.last().unwrap());
            let size = diagnostics().arena_bytes;
            if sizes.last() != Some(&size) {
                sizes.push(size);
            }
        }
        assert!(sizes.is_sorted());
        blocks.iter().for_each(&mut ask);

        let (receiver, sender) = one_way_pipe(u32::MAX).unwrap();
        let mut sent = 0;
        let refused = loop {
            match sender.send_bytes(&vec![sent as u8; BLOCK]) {
                Ok(()) => sent += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(refused, Error::MemoryError { bytes: BLOCK });
        assert!(sent > 3);
        let no_room = SharedMemory::create(None, BLOCK).map(drop);
        assert_eq!(no_room, Err(Error::MemoryError { bytes: BLOCK }));
        // What is small still finds room, and all is as it was.
        blocks.iter().for_each(&mut ask);
        for number in 0..sent {
            assert!(receiver.recv_bytes().unwrap() == vec![number as u8; BLOCK]);
        }
        assert!(!receiver.poll(Duration::ZERO).unwrap());
        sender.send_bytes(&vec![1; BLOCK]).unwrap();
        assert!(receiver.recv_bytes().unwrap() == vec![1; BLOCK]);

        for _ in &lookers {
            questions.put(&None).unwrap();
        }
        for looker in lookers {
            looker.join().unwrap();
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
    there(program, ()).await;
}
