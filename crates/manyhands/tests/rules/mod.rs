//! The rules of `Process`, tried on every port. A file that includes this has
//! a function `setup`.

mod death;
mod frozen;
mod life;
mod recorded;
mod talk;
