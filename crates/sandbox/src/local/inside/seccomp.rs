use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Compare,
    SeccompCondition, SeccompFilter, SeccompRule, apply_filter,
};

use super::super::sys::{Doing, Step};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Up to where calls are known and were judged; what is newer does not exist for a sandbox.
const KNOWN: [std::ops::RangeInclusive<i64>; 2] = [0..=LAST_OLD, 424..=451];
#[cfg(target_arch = "x86_64")]
const LAST_OLD: i64 = 334;
#[cfg(not(target_arch = "x86_64"))]
const LAST_OLD: i64 = 294;

/// Calls that do not exist for a sandbox: other processes' insides, mounts, namespaces, the kernel's own programs and
/// modules, asynchronous calls that a filter does not see, keys, the clock, and what nobody needs.
const REFUSED: &[i64] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_clone3,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_syslog,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_lookup_dcookie,
    libc::SYS_fanotify_init,
    libc::SYS_nfsservctl,
    libc::SYS_vhangup,
    libc::SYS_mbind,
    libc::SYS_set_mempolicy,
    libc::SYS_migrate_pages,
    libc::SYS_move_pages,
    libc::SYS_vmsplice,
    libc::SYS_memfd_secret,
    libc::SYS_mq_open,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_shmget,
];

#[cfg(target_arch = "x86_64")]
const REFUSED_HERE: &[i64] = &[
    libc::SYS_kexec_file_load,
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_modify_ldt,
    libc::SYS_uselib,
    libc::SYS_ustat,
    libc::SYS__sysctl,
    // create_module, get_kernel_syms, query_module: gone from kernels, still numbers.
    174,
    177,
    178,
];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_HERE: &[i64] = &[libc::SYS_kexec_file_load];

/// Refuses every call that is not known to be harmless, as one that the kernel does not have: programs know what to do
/// then. A call by another architecture's numbers kills.
pub(super) fn restrict(filter: &Filter) -> Step<()> {
    apply_filter(&filter.0).doing("restricting system calls")
}

/// The filter, as the kernel takes it.
pub(super) struct Filter(BpfProgram);

/// Makes the filter; nothing is restricted yet.
pub(super) fn filter() -> Step<Filter> {
    program().map(Filter)
}

fn program() -> Step<BpfProgram> {
    let target = std::env::consts::ARCH.try_into().doing("filtering on this architecture")?;
    let refused = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
    SeccompFilter::new(rules().doing("rules")?, refused, SeccompAction::Allow, target)
        .and_then(BpfProgram::try_from)
        .doing("making the filter of system calls")
}

fn rules() -> Result<Rules, seccompiler::BackendError> {
    let mut rules: Rules = KNOWN
        .into_iter()
        .flatten()
        .filter(|call| !REFUSED.contains(call) && !REFUSED_HERE.contains(call))
        .map(|call| (call, Vec::new()))
        .collect();
    // New processes and threads, but no namespaces (0x80: of time).
    let namespaces = libc::CLONE_NEWUSER
        | libc::CLONE_NEWNS
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWCGROUP
        | 0x80;
    let namespaces = Compare::MaskedEq(u64::from(namespaces.cast_unsigned()));
    rules.insert(libc::SYS_clone, vec![all([(0, Length::Qword, namespaces, 0)])?]);
    // The usual personality, and asking for it.
    rules.insert(
        libc::SYS_personality,
        vec![
            all([(0, Length::Dword, Compare::Eq, 0)])?,
            all([(0, Length::Dword, Compare::Eq, 0xffff_ffff)])?,
        ],
    );
    // No typing into a terminal for somebody else: TIOCSTI, TIOCLINUX.
    rules.insert(
        libc::SYS_ioctl,
        vec![all([
            (1, Length::Dword, Compare::Ne, 0x5412),
            (1, Length::Dword, Compare::Ne, 0x541c),
        ])?],
    );
    rules.insert(libc::SYS_socket, sockets()?);
    Ok(rules)
}

/// Unix sockets, TCP and UDP, and asking for the interfaces.
fn sockets() -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let value = |number: libc::c_int| u64::from(number.cast_unsigned());
    let mut rules = vec![all([(0, Length::Dword, Compare::Eq, value(libc::AF_UNIX))])?];
    for family in [libc::AF_INET, libc::AF_INET6] {
        for kind in [libc::SOCK_STREAM, libc::SOCK_DGRAM] {
            rules.push(all([
                (0, Length::Dword, Compare::Eq, value(family)),
                (1, Length::Dword, Compare::MaskedEq(0xf), value(kind)),
            ])?);
        }
    }
    rules.push(all([
        (0, Length::Dword, Compare::Eq, value(libc::AF_NETLINK)),
        (2, Length::Dword, Compare::Eq, value(libc::NETLINK_ROUTE)),
    ])?);
    Ok(rules)
}

fn all<const N: usize>(
    conditions: [(u8, Length, Compare, u64); N],
) -> Result<SeccompRule, seccompiler::BackendError> {
    let conditions = conditions
        .into_iter()
        .map(|(argument, length, compare, value)| {
            SeccompCondition::new(argument, length, compare, value)
        })
        .collect::<Result<_, _>>()?;
    SeccompRule::new(conditions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_compiles_and_has_no_rule_for_what_is_refused() {
        assert!(program().is_ok());
        let rules = rules().unwrap();
        for call in REFUSED.iter().chain(REFUSED_HERE) {
            assert!(!rules.contains_key(call), "{call}");
        }
        assert!(rules.contains_key(&libc::SYS_openat));
    }
}
