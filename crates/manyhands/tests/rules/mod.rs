//! The rules of `Process`, tried on every port.

mod death;
mod frozen;
mod life;
mod recorded;
mod talk;
mod targets;
mod traced;
