//! The rules of `Process`, tested on every port.

mod before_target;
mod death;
mod frozen;
mod life;
mod messages;
mod own_worker;
mod recorded;
mod talk;
mod targets;
mod time;
mod traced;
