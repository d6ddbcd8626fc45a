//! What runs on the other side: the supervisor, which holds the sandbox's namespaces, and the sandbox's first process,
//! which builds its root and starts commands. Both are this binary again, with one thread and no runtime.

mod device;
mod first;
mod keeper;
mod landlock;
mod root;
mod seccomp;
mod supervisor;
mod tree;
mod user;

pub(super) use landlock::version as landlock_version;
pub use supervisor::supervise;
