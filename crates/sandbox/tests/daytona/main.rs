//! The Daytona engine against a stand-in for Daytona that runs what it is told as processes of this machine.

mod faults;
mod flow;
mod limits;
mod support;
mod terminal;
