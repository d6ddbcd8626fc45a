use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, Scope, path_beneath_rules,
};

use super::super::sys::{Doing, Step};

/// Restricts this process and its children to read the base and write their own folders; signals and abstract sockets
/// stay among themselves. Kernels that know less of Landlock hold less; the namespaces hold all of it already.
pub(super) fn restrict() -> Step<()> {
    apply().doing("restricting by Landlock")
}

fn apply() -> Result<(), RulesetError> {
    let abi = ABI::V6;
    let (read, all) = (AccessFs::from_read(abi), AccessFs::from_all(abi));
    let devices = [
        "/dev/null",
        "/dev/zero",
        "/dev/full",
        "/dev/tty",
        "/dev/random",
        "/dev/urandom",
        "/proc/self",
    ];
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)?
        .scope(Scope::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(["/"], read))?
        .add_rules(path_beneath_rules(["/app", "/home/app", "/tmp", "/dev/shm", "/dev/pts"], all))?
        .add_rules(path_beneath_rules(devices, AccessFs::from_file(abi)))?
        .restrict_self()?;
    Ok(())
}

/// The kernel's version of Landlock, if it is in use.
pub(in crate::local) fn version() -> Option<u32> {
    const ASK_VERSION: libc::c_uint = 1;
    let nothing = std::ptr::null::<libc::c_void>();
    #[expect(unsafe_code, reason = "the crate does not tell the version")]
    // SAFETY: with this flag the kernel reads no memory, and gives a number.
    let version =
        unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, nothing, 0, ASK_VERSION) };
    u32::try_from(version).ok().filter(|version| *version > 0)
}
