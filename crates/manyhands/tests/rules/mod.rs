//! The rules of `Process`, tested on every port.

mod death;
mod frozen;
mod life;
mod recorded;
mod talk;
mod targets;
mod traced;
