//! The classes of Python whose objects are told.

/// The classes and functions that make them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub enum Class {
    Lock = 1,
    RLock,
    Semaphore,
    BoundedSemaphore,
    Condition,
    Event,
    Barrier,
    Queue,
    JoinableQueue,
    SimpleQueue,
    Pipe,
    Value,
    Array,
    Pool,
    ProcessPoolExecutor,
}

impl Class {
    const ALL: [Class; 15] = {
        use Class::*;
        [
            Lock,
            RLock,
            Semaphore,
            BoundedSemaphore,
            Condition,
            Event,
            Barrier,
            Queue,
            JoinableQueue,
            SimpleQueue,
            Pipe,
            Value,
            Array,
            Pool,
            ProcessPoolExecutor,
        ]
    };

    pub fn from_number(number: u32) -> Option<Class> {
        Class::ALL.get((number as usize).wrapping_sub(1)).copied()
    }

    /// Its name in Python.
    pub fn name(self) -> &'static str {
        match self {
            Class::Lock => "Lock",
            Class::RLock => "RLock",
            Class::Semaphore => "Semaphore",
            Class::BoundedSemaphore => "BoundedSemaphore",
            Class::Condition => "Condition",
            Class::Event => "Event",
            Class::Barrier => "Barrier",
            Class::Queue => "Queue",
            Class::JoinableQueue => "JoinableQueue",
            Class::SimpleQueue => "SimpleQueue",
            Class::Pipe => "Pipe",
            Class::Value => "Value",
            Class::Array => "Array",
            Class::Pool => "Pool",
            Class::ProcessPoolExecutor => "ProcessPoolExecutor",
        }
    }

    /// The class whose `__init__` this qualified name is, or the function.
    pub fn of_call(qualified: &str) -> Option<Class> {
        let name = qualified.strip_suffix(".__init__").unwrap_or(qualified);
        let name = name.strip_prefix("BaseContext.").unwrap_or(name);
        Class::ALL.into_iter().find(|class| class.name() == name)
    }
}
