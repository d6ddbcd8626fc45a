//! The turn machine and the edit protocol, without I/O.
