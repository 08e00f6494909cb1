"""The system calls that a program must not make, as a seccomp filter in the kernel's own form.

A list of what is refused, not of what is allowed: Python and its packages use most calls, and the list has
to hold on kernels to come. What it must cover is what Landlock and limits leave open: network and sockets,
changing modes and times of files outside, reaching into other processes, memory that nobody counts, and
the parts of the kernel that sandboxes were most often broken through.
"""

from __future__ import annotations

import functools
import tempfile
from typing import Any

# Refused with EPERM, everywhere.
_REFUSED = (
    # other processes
    "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease pidfd_getfd kcmp "
    "move_pages migrate_pages perf_event_open "
    # sockets; a pair of stream sockets stays, event loops need one
    "socket connect bind listen accept accept4 "
    # queues of work that bypass this filter
    "io_uring_setup io_uring_enter io_uring_register "
    # memory and objects that outlive the program or count for nobody
    "memfd_create memfd_secret shmget shmat shmctl semget semop semctl msgget msgsnd msgctl mq_open "
    "mq_unlink "
    # the shape of the machine
    "mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr "
    "unshare setns name_to_handle_at open_by_handle_at quotactl quotactl_fd swapon swapoff acct "
    "sethostname setdomainname settimeofday clock_settime clock_adjtime adjtimex reboot vhangup "
    "kexec_load kexec_file_load init_module finit_module delete_module iopl ioperm modify_ldt "
    # keys, tracing, and other large surfaces without a use here
    "add_key request_key keyctl bpf userfaultfd fanotify_init fanotify_mark lookup_dcookie syslog personality"
).split()

# Refused as well where files and processes outside have names for the program. Landlock does not cover these
# (ABI 7): who owns a file may change its mode, and who may write it its attributes, without opening it.
_REFUSED_OUTSIDE = (
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat "
    "setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat "
    "file_setattr truncate"
).split()

# Signals, for kernels whose Landlock does not keep them inside (before ABI 6).
_SIGNALS = "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal".split()

# Their first argument names a process, 0 meaning the caller itself.
_SELF_ONLY = "prlimit64 sched_setscheduler sched_setparam sched_setattr sched_setaffinity".split()
_SELF_ONLY_SECOND = "setpriority ioprio_set".split()

# Newer than some versions of libseccomp; such numbers are the same on every processor.
_NUMBERS = {"fchmodat2": 452, "setxattrat": 463, "removexattrat": 466, "file_setattr": 469}

_CLONE_NEW = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE_MASK = 1, 1, 0xF
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_EPERM, _ENOSYS = 1, 38


def missing() -> str | None:
    """Why no filter can be made here; None when one can."""
    try:
        _library()
    except ImportError:
        return "the Python package pyseccomp is not installed"
    except (RuntimeError, OSError):
        return "the library libseccomp is not installed"
    return None


def _library() -> Any:
    import pyseccomp  # type: ignore[import-untyped]

    return pyseccomp


@functools.cache
def compiled(*, shared: bool, signals: bool) -> bytes:
    """The filter as BPF instructions, to be loaded by whoever becomes the program.

    Args:
        shared: whether files and processes outside have names for the program.
        signals: whether signals to others have to be refused here.

    Raises:
        ImportError, RuntimeError: as `missing` tells.
        OSError: libseccomp refused the filter.
    """
    seccomp = _library()
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    refuse, argument = seccomp.ERRNO(_EPERM), seccomp.Arg
    names = [*_REFUSED, *(_REFUSED_OUTSIDE if shared else []), *(_SIGNALS if signals else [])]
    for name in names:
        _add(rules, refuse, name)
    if shared:
        for name in _SELF_ONLY:
            _add(rules, refuse, name, argument(0, seccomp.NE, 0))
        for name in _SELF_ONLY_SECOND:
            _add(rules, refuse, name, argument(1, seccomp.NE, 0))
            _add(rules, refuse, name, argument(0, seccomp.NE, 1 if name == "ioprio_set" else 0))
    # clone3 hides its flags in memory; told that it does not exist, the C library uses clone.
    _add(rules, seccomp.ERRNO(_ENOSYS), "clone3")
    for bit in (1 << shift for shift in range(32) if _CLONE_NEW >> shift & 1):
        _add(rules, refuse, "clone", argument(0, seccomp.MASKED_EQ, bit, bit))
    _add(rules, refuse, "socketpair", argument(0, seccomp.NE, _AF_UNIX))
    for kind in range(_SOCK_TYPE_MASK + 1):
        if kind != _SOCK_STREAM:
            _add(rules, refuse, "socketpair", argument(1, seccomp.MASKED_EQ, _SOCK_TYPE_MASK, kind))
    for request in (_TIOCSTI, _TIOCLINUX):  # typing into the caller's terminal
        _add(rules, refuse, "ioctl", argument(1, seccomp.MASKED_EQ, 0xFFFFFFFF, request))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _add(rules: Any, action: int, name: str, *conditions: Any) -> None:
    """Add a rule; a call that this libseccomp or this processor does not know is left out."""
    import pyseccomp

    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    if number < 0:
        number = _NUMBERS.get(name, number)
    if number >= 0:
        rules.add_rule(action, number, *conditions)
