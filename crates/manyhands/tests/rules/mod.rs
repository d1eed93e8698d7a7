//! The rules of `Process`, tested on every port.

#[cfg(not(target_feature = "atomics"))]
mod before_target;
mod death;
mod frozen;
mod life;
mod messages;
mod own_worker;
mod recorded;
mod signals;
mod talk;
mod targets;
mod time;
mod traced;
