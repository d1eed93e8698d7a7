//! Signals: what a process decides about them, and the waits that they interrupt.

use super::life::loop_until_killed;
use crate::{common::*, setup};
use manyhands::{
    signal::{Action, Signal, getsignal, interruptible, is_pending, kill, raise_signal, take},
    trace::Op,
    *,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Debug, time::Duration};
use wasm_bindgen_test::wasm_bindgen_test as test;

const LONG: Duration = Duration::from_secs(600);

/// Waits until the process has begun so many waits.
async fn waits_begun(collected: &Collected, pid: u32, count: usize) {
    let begun = || {
        let events = collected.events(pid);
        let begins = events.iter().filter(|event| event.op == Op::BlockBegin);
        begins.count()
    };
    while begun() < count {
        sleep_async(Duration::from_millis(1)).await;
    }
}

#[test]
async fn a_signal_that_nobody_catches_ends_the_process() {
    setup();
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGUSR1] {
        let computes = Process::spawn(loop_until_killed, ()).unwrap();
        kill(computes.pid().unwrap(), signal).unwrap();
        assert_eq!(ending(computes).await, (-signal.number(), Reason::Killed));
    }
    let event = Event::new().unwrap();
    let waits = Process::spawn(
        |event: Event| {
            event.wait().unwrap();
        },
        event,
    )
    .unwrap();
    kill(waits.pid().unwrap(), Signal::SIGINT).unwrap();
    assert_eq!(ending(waits).await, (-2, Reason::Killed));
    let own = Process::spawn(
        || {
            raise_signal(Signal::SIGUSR2).unwrap();
            unreachable!("the signal has ended this process")
        },
        (),
    );
    assert_eq!(ending(own.unwrap()).await, (-12, Reason::Killed));
}

#[test]
async fn a_process_that_catches_terminate_goes_on() {
    setup();
    fn computes(ready: Event) -> i32 {
        signal::signal(Signal::SIGTERM, Action::Catch).unwrap();
        ready.set();
        while !is_pending() {}
        let taken = take();
        assert!(!is_pending());
        assert_eq!(take(), None);
        // Longer than a process may take that has to end.
        let since = Instant::now();
        while since.elapsed() < Duration::from_millis(200) {}
        taken.map_or(0, Signal::number)
    }
    let ready = Event::new().unwrap();
    let process = Process::spawn(computes, ready.clone()).unwrap();
    ready.wait_async().await;
    process.terminate().unwrap();
    assert_eq!(process.join_async().await.unwrap(), 15);
    assert_eq!(process.exit_code().unwrap(), Some(0));
}

#[test]
async fn a_signal_that_comes_twice_is_taken_once_and_lower_numbers_first() {
    setup();
    fn takes() -> Vec<i32> {
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGALRM] {
            signal::signal(signal, Action::Catch).unwrap();
        }
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGTERM] {
            raise_signal(signal).unwrap();
        }
        std::iter::from_fn(take).map(Signal::number).collect()
    }
    let process = Process::spawn(takes, ()).unwrap();
    assert_eq!(process.join_async().await.unwrap(), [2, 15]);
}

#[test]
async fn an_ignored_signal_does_nothing_also_to_children() {
    setup();
    fn child() -> bool {
        raise_signal(Signal::SIGINT).unwrap();
        raise_signal(Signal::SIGCHLD).unwrap();
        getsignal(Signal::SIGINT) == Action::Ignore && getsignal(Signal::SIGTERM) == Action::Default
    }
    fn parent(event: Event) -> bool {
        assert_eq!(
            signal::signal(Signal::SIGINT, Action::Ignore),
            Ok(Action::Default)
        );
        signal::signal(Signal::SIGTERM, Action::Catch).unwrap();
        interruptible(|| event.wait()).unwrap();
        assert!(!is_pending());
        let spawned = Process::spawn(child, ()).unwrap().join();
        let warm = Process::builder().start_method(StartMethod::Forkserver);
        spawned.unwrap() && warm.spawn(child, ()).unwrap().join().unwrap()
    }
    let collected = Collected::new();
    let event = Event::new().unwrap();
    let process = Process::spawn(parent, event.clone()).unwrap();
    let pid = process.pid().unwrap();
    waits_begun(&collected, pid, 1).await;
    kill(pid, Signal::SIGINT).unwrap();
    event.set();
    assert!(process.join_async().await.unwrap());
}

#[test]
async fn what_cannot_be_done_with_signals() {
    setup();
    let no_process = kill(4_000_000, Signal::SIGINT);
    assert!(matches!(no_process, Err(Error::ValueError(_))));
    let page = signal::signal(Signal::SIGINT, Action::Catch);
    assert!(matches!(page, Err(Error::ValueError(_))));
    assert!(matches!(
        raise_signal(Signal::SIGINT),
        Err(Error::ValueError(_))
    ));
    assert!(!is_pending());
    assert_eq!(take(), None);
    let kill = || signal::signal(Signal::SIGKILL, Action::Ignore).map(drop);
    let process = Process::spawn(kill, ()).unwrap();
    assert!(matches!(
        process.join_async().await.unwrap(),
        Err(Error::OSError(_))
    ));
}

/// Makes a call until it is not interrupted; returns how often it was.
fn until_done<T>(mut call: impl FnMut() -> Result<T, Error>) -> (u32, T) {
    signal::signal(Signal::SIGINT, Action::Catch).unwrap();
    let mut interruptions = 0;
    loop {
        match interruptible(&mut call) {
            Err(Error::InterruptedError) => {
                assert_eq!(take(), Some(Signal::SIGINT));
                interruptions += 1;
            }
            done => return (interruptions, done.unwrap()),
        }
    }
}

/// Interrupts the wait of a process twice, then lets it succeed.
async fn interrupt_twice<R>(
    collected: &Collected,
    process: Process<(u32, R)>,
    finish: impl AsyncFnOnce(),
) -> R
where
    R: Serialize + DeserializeOwned + Debug + 'static,
{
    let pid = process.pid().unwrap();
    for waits in 1..=2 {
        waits_begun(collected, pid, waits).await;
        kill(pid, Signal::SIGINT).unwrap();
    }
    waits_begun(collected, pid, 3).await;
    finish().await;
    let (interruptions, result) = process.join_async().await.unwrap();
    assert_eq!(interruptions, 2);
    result
}

#[test]
async fn waits_for_messages_are_interrupted_and_lose_nothing() {
    setup();
    let collected = Collected::new();
    let (near, far) = pipe().unwrap();
    let receives = Process::spawn(|end: Connection| until_done(|| end.recv::<u32>()), far);
    let sent = interrupt_twice(&collected, receives.unwrap(), async || {
        near.send(&7u32).unwrap()
    })
    .await;
    assert_eq!(sent, 7);

    let (near, far) = pipe().unwrap();
    let waits =
        |end: Connection| until_done(|| connection::wait(&[&end], None).map(|all| all.len()));
    let waits = Process::spawn(waits, far).unwrap();
    let ready = interrupt_twice(&collected, waits, async || near.send(&7u32).unwrap()).await;
    assert_eq!(ready, 1);

    let queue = Queue::new(1).unwrap();
    let gets = Process::spawn(
        |queue: Queue<u32>| until_done(|| queue.get()),
        queue.clone(),
    );
    let got = interrupt_twice(&collected, gets.unwrap(), async || {
        queue.put_async(&1).await.unwrap()
    })
    .await;
    assert_eq!(got, 1);

    queue.put_async(&1).await.unwrap();
    let puts = Process::spawn(
        |queue: Queue<u32>| until_done(|| queue.put(&2)),
        queue.clone(),
    );
    let get = async || assert_eq!(queue.get_async().await.unwrap(), 1);
    interrupt_twice(&collected, puts.unwrap(), get).await;
    assert_eq!(queue.get_async().await.unwrap(), 2);
    assert!(queue.is_empty());
}

#[test]
async fn waits_for_locks_and_events_are_interrupted() {
    setup();
    let collected = Collected::new();
    let lock = Lock::new().unwrap();
    let guard = lock.lock_async().await.unwrap();
    let acquires = |lock: Lock| {
        let interrupted = until_done(|| lock.acquire());
        lock.release().unwrap();
        interrupted
    };
    let acquires = Process::spawn(acquires, lock.clone()).unwrap();
    interrupt_twice(&collected, acquires, async || drop(guard)).await;

    let semaphore = Semaphore::new(0).unwrap();
    let acquires = |semaphore: Semaphore| until_done(|| semaphore.acquire_timeout(LONG));
    let acquires = Process::spawn(acquires, semaphore.clone()).unwrap();
    assert!(interrupt_twice(&collected, acquires, async || semaphore.release().unwrap()).await);
    assert_eq!(semaphore.get_value(), 0);

    let event = Event::new().unwrap();
    let waits = Process::spawn(|event: Event| until_done(|| event.wait()), event.clone());
    interrupt_twice(&collected, waits.unwrap(), async || event.set()).await;

    let condition = Condition::new().unwrap();
    let waits = |condition: Condition| {
        let guard = condition.lock().unwrap();
        // Each of these calls needs the lock, so an interrupted one has it again.
        let waited = until_done(|| condition.wait());
        drop(guard);
        waited
    };
    let waits = Process::spawn(waits, condition.clone()).unwrap();
    let notify = async || {
        let guard = condition.lock_async().await.unwrap();
        condition.notify(1).unwrap();
        drop(guard);
    };
    interrupt_twice(&collected, waits, notify).await;
}

#[test]
async fn waits_for_processes_and_sleep_are_interrupted() {
    setup();
    let collected = Collected::new();
    let event = Event::new().unwrap();
    let joins = |event: Event| {
        let child = Process::spawn(|event: Event| event.wait().unwrap(), event).unwrap();
        until_done(|| child.join())
    };
    let joins = Process::spawn(joins, event.clone()).unwrap();
    interrupt_twice(&collected, joins, async || event.set()).await;

    let queue = JoinableQueue::new(0).unwrap();
    queue.put_async(&1u32).await.unwrap();
    let joins = |queue: JoinableQueue<u32>| until_done(|| queue.join());
    let joins = Process::spawn(joins, queue.clone()).unwrap();
    interrupt_twice(&collected, joins, async || queue.task_done().unwrap()).await;

    fn sleeps() -> (u32, ()) {
        let mut interruptions = 0;
        until_done(|| {
            interruptions += 1;
            // The third time is the last.
            match interruptions {
                3 => sleep(Duration::from_millis(50)),
                _ => sleep(LONG),
            }
        })
    }
    interrupt_twice(&collected, Process::spawn(sleeps, ()).unwrap(), async || ()).await;
}

#[test]
async fn a_signal_that_came_before_interrupts_a_wait_but_nothing_that_need_not_wait() {
    setup();
    fn target(queue: Queue<u32>) -> bool {
        signal::signal(Signal::SIGINT, Action::Catch).unwrap();
        raise_signal(Signal::SIGINT).unwrap();
        interruptible(|| {
            assert_eq!(queue.get(), Ok(1));
            assert_eq!(queue.get(), Err(Error::InterruptedError));
            assert_eq!(
                queue.get_timeout(Duration::from_millis(1)),
                Err(Error::InterruptedError)
            );
            assert_eq!(queue.get_timeout(Duration::ZERO), Err(Error::Empty));
            assert_eq!(queue.try_get(), Err(Error::Empty));
            let short = Duration::from_millis(1);
            let waited = signal::uninterruptible(|| queue.get_timeout(short));
            assert_eq!(waited, Err(Error::Empty));
            assert_eq!(queue.get(), Err(Error::InterruptedError));
        });
        let waited = queue.get_timeout(Duration::from_millis(1));
        waited == Err(Error::Empty) && take() == Some(Signal::SIGINT)
    }
    let queue = Queue::new(0).unwrap();
    queue.put_async(&1).await.unwrap();
    let process = Process::spawn(target, queue).unwrap();
    assert!(process.join_async().await.unwrap());
}

/// Signals come at any moment while two processes talk: each is noticed, and no message
/// is lost.
#[test]
async fn a_conversation_under_signals_loses_nothing() {
    setup();
    const ROUNDS: u32 = 2000;
    fn answers(end: Connection) -> u32 {
        signal::signal(Signal::SIGINT, Action::Catch).unwrap();
        let mut signals = 0;
        let mut next = 0;
        while next < ROUNDS {
            match interruptible(|| end.recv::<u32>()) {
                Ok(number) => {
                    assert_eq!(number, next);
                    end.send(&(number + 1)).unwrap();
                    next += 1;
                }
                Err(Error::InterruptedError) => {}
                Err(error) => panic!("{error}"),
            }
            while take().is_some() {
                signals += 1;
            }
        }
        signals
    }
    let (near, far) = pipe().unwrap();
    let answering = Process::spawn(answers, far).unwrap();
    // Its decision must be made before the first signal.
    near.send(&0u32).unwrap();
    assert_eq!(near.recv_async::<u32>().await.unwrap(), 1);
    let rest = |end: Connection, pid: u32| {
        for number in 1..ROUNDS {
            if number % 3 == 0 {
                kill(pid, Signal::SIGINT).unwrap();
            }
            end.send(&number).unwrap();
            assert_eq!(end.recv::<u32>().unwrap(), number + 1);
        }
    };
    let asking = Process::spawn(rest, (near, answering.pid().unwrap())).unwrap();
    asking.join_async().await.unwrap();
    assert!(answering.join_async().await.unwrap() > 0);
}
