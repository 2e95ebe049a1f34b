"""Layer "seccomp": system calls that learner code has no business making fail with EPERM.

It is a list of what is denied, not of what is allowed: an allow-list breaks with each C
library. It lies below Python and below ctypes, and it alone stops `connect()` to the socket
of a container engine, which passes both a network namespace and Landlock.

Source: https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

import ctypes
import errno
import os
import struct
from functools import cache

from harness.worker.sandbox.errors import SandboxUnavailable
from harness.worker.sandbox.syscalls import AUDIT_ARCH, MACHINE, NUMBERS, call

DENIED: dict[str, str] = {
    "start a process": "fork vfork execve execveat",
    "open a socket": "socket connect bind listen accept accept4",
    "touch another process": """
        ptrace process_vm_readv process_vm_writev kcmp pidfd_open pidfd_getfd pidfd_send_signal tkill rt_sigqueueinfo
        rt_tgsigqueueinfo process_madvise process_mrelease migrate_pages move_pages setpriority ioprio_set""",
    "change what is mounted, or leave a namespace": """
        mount umount2 pivot_root chroot unshare setns fsopen fsconfig fsmount fspick move_mount open_tree
        open_tree_attr mount_setattr open_by_handle_at name_to_handle_at fanotify_init""",
    "use memory that no limit counts": """
        memfd_create memfd_secret shmget shmat shmctl shmdt semget semctl semop semtimedop msgget msgsnd msgrcv
        msgctl mq_open""",
    "reach little-used parts of the kernel": """
        bpf perf_event_open io_uring_setup io_uring_enter io_uring_register io_setup userfaultfd keyctl add_key
        request_key personality modify_ldt lookup_dcookie uselib sysfs""",
    "run the machine": """
        init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff quotactl
        quotactl_fd acct syslog vhangup iopl ioperm settimeofday clock_settime clock_adjtime adjtimex
        sethostname setdomainname""",
}
"""What learner code may not do, and the calls by which it would."""

PRETENDED = (
    "chmod fchmodat fchmodat2 chown lchown fchownat setxattr lsetxattr setxattrat removexattr lremovexattr "
    "removexattrat file_setattr utime utimes utimensat futimesat"
)
"""Changes of a file's attributes, by path. Landlock does not cover them, and without a file
tree of our own the judge's files are within reach. They succeed and do nothing, so that
`shutil.copy` works."""

_OWN_PID_ONLY = "kill tgkill prlimit64 sched_setaffinity sched_setscheduler sched_setparam sched_setattr"
_ZERO_MEANS_SELF = "prlimit64 sched_setaffinity sched_setscheduler sched_setparam sched_setattr"

_CLONE_THREAD = 0x10000
_SOCK_TYPE_MASK, _SOCK_STREAM = 0xF, 1
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_X32_BIT = 0x40000000
_SIGKILL = 9
_SOME_PID = 0x7EEE_EEE1  # above any real one; stands for it in the template

_ALLOW, _KILL_PROCESS, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_DENY = _ERRNO | errno.EPERM
_PRETEND = _ERRNO | 0

_LOAD, _JUMP, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x54, 0x06

Step = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def restrict(*, own_tree: bool) -> None:
    """Installs the filter in every thread of this process, for good.

    Args:
        own_tree: the process sees a file tree of its own, mounted read-only; otherwise
            changes of file attributes are held back here.

    Raises:
        SandboxUnavailable: no seccomp in this kernel, or a machine without a table.
    """
    if MACHINE is None:
        raise SandboxUnavailable("seccomp", 0, "there is no system call table for this machine.")
    program = program_for(os.getpid(), own_tree=own_tree)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    set_mode_filter, every_thread = 1, 1
    try:
        call("seccomp", set_mode_filter, every_thread, header)
    except OSError as error:
        raise SandboxUnavailable("seccomp", error.errno or 0, "the kernel refuses the filter.") from error


def program_for(pid: int, *, own_tree: bool) -> bytes:
    """The filter as BPF bytes.

    Args:
        pid: the process itself, the only one it may signal.
        own_tree: as in `restrict`.
    """
    return template(own_tree=own_tree).replace(struct.pack("I", _SOME_PID), struct.pack("I", pid))


@cache
def template(*, own_tree: bool) -> bytes:
    """The filter for any process: built once, in the zygote."""
    answers = _answers(_SOME_PID)
    if own_tree:  # then it is pid 1, which even its own SIGKILL does not reach
        answers["kill"] = _own_kill(_SOME_PID, signal_argument=1)
        answers["tgkill"] = _own_kill(_SOME_PID, signal_argument=2)
    else:
        answers["truncate"] = [(_RETURN, 0, 0, _DENY)]
        answers.update((name, [(_RETURN, 0, 0, _PRETEND)]) for name in PRETENDED.split())
    known = sorted((NUMBERS[name], answer) for name, answer in answers.items() if name in NUMBERS)
    return b"".join(struct.pack("HBBI", *step) for step in (*_refuse_other_machines(), *_decide(known)))


def _answers(pid: int) -> dict[str, list[Step]]:
    """What to answer to each call that is not simply allowed. Each list ends in an answer."""
    answers = {name: [(_RETURN, 0, 0, _DENY)] for names in DENIED.values() for name in names.split()}
    answers["clone3"] = [(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]  # glibc then falls back to clone
    answers["clone"] = [_load_argument(0), (_ANY_BIT, 1, 0, _CLONE_THREAD), *_deny_or_allow()]
    answers["ioctl"] = [_load_argument(1), (_EQUAL, 1, 0, _TIOCSTI), (_EQUAL, 0, 1, _TIOCLINUX), *_deny_or_allow()]
    answers["socketpair"] = _only_stream_pairs()
    answers["sendto"] = _no_address()
    for name in _OWN_PID_ONLY.split():
        answers[name] = _only_own(pid, zero_too=name in _ZERO_MEANS_SELF.split())
    return answers


def _decide(known: list[tuple[int, list[Step]]]) -> list[Step]:
    """Finds the answer by halving: the kernel runs the filter once for every call there is."""
    if len(known) == 1:
        number, answer = known[0]
        return [(_EQUAL, 0, len(answer), number), *answer, (_RETURN, 0, 0, _ALLOW)]
    half = len(known) // 2
    below, from_here = _decide(known[:half]), _decide(known[half:])
    return [(_AT_LEAST, 0, 1, known[half][0]), (_JUMP, 0, 0, len(below)), *below, *from_here]


def _refuse_other_machines() -> list[Step]:
    """Kills on a 32-bit call; and leaves the call's number loaded."""
    steps: list[Step] = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, AUDIT_ARCH), (_RETURN, 0, 0, _KILL_PROCESS), (_LOAD, 0, 0, 0)]
    if MACHINE == "x86_64":
        steps += [(_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL_PROCESS)]
    return steps


def _load_argument(index: int, *, high: bool = False) -> Step:
    return (_LOAD, 0, 0, 16 + 8 * index + 4 * high)  # both machines are little-endian


def _deny_or_allow() -> list[Step]:
    """Denies when entered at its first step, allows at its second."""
    return [(_RETURN, 0, 0, _DENY), (_RETURN, 0, 0, _ALLOW)]


def _only_stream_pairs() -> list[Step]:
    """asyncio needs stream pairs; through a datagram pair one can send to any named socket."""
    is_stream = [_load_argument(1), (_AND, 0, 0, _SOCK_TYPE_MASK), (_EQUAL, 1, 0, _SOCK_STREAM)]
    return [*is_stream, *_deny_or_allow()]


def _no_address() -> list[Step]:
    """`send` is `sendto` without an address."""
    return [_load_argument(4), (_EQUAL, 0, 2, 0), _load_argument(4, high=True), (_EQUAL, 1, 0, 0), *_deny_or_allow()]


def _own_kill(pid: int, *, signal_argument: int) -> list[Step]:
    """As `_only_own`, and SIGKILL ends the process (with SIGSYS: the parent outside says SIGKILL)."""
    is_kill = [_load_argument(signal_argument), (_EQUAL, 0, 1, _SIGKILL), (_RETURN, 0, 0, _KILL_PROCESS)]
    return [_load_argument(0), (_EQUAL, 1, 0, pid), (_RETURN, 0, 0, _DENY), *is_kill, (_RETURN, 0, 0, _ALLOW)]


def _only_own(pid: int, *, zero_too: bool) -> list[Step]:
    other = 0 if zero_too else pid
    return [_load_argument(0), (_EQUAL, 2, 0, pid), (_EQUAL, 1, 0, other), *_deny_or_allow()]
