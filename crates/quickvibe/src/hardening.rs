//! What the process does so that its memory, which has keys in it, stays its own.

/// Lets no memory be written to disk when the process crashes, and lets no other process of the same user look into
/// it. A system that does not know this is told about in the log; it is no reason not to start.
#[cfg(target_os = "linux")]
pub(crate) fn keep_memory_private() -> std::io::Result<()> {
    use rustix::process::{DumpableBehavior, Resource, Rlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    rustix::process::setrlimit(Resource::Core, none)?;
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Lets no memory be written to disk when the process crashes.
#[cfg(not(target_os = "linux"))]
pub(crate) fn keep_memory_private() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    Ok(rustix::process::setrlimit(Resource::Core, none)?)
}
