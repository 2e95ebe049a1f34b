"""Layer "capabilities": the process gives up root, every capability, and the way back.

After `unshare` a process holds all capabilities within its user namespace, and
no_new_privs does not take them away: it could still mount. So they are dropped.

Source: https://man7.org/linux/man-pages/man7/capabilities.7.html
"""

import contextlib
import ctypes
import errno
import os
import signal
import stat
import struct
from collections.abc import Sequence

from harness.worker.sandbox.errors import SandboxUnavailable
from harness.worker.sandbox.syscalls import MACHINE, call

UNPRIVILEGED_ID = 60_600
"""User and group of learner code where the judge is root: in no range that a system hands out."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
_CAPABILITY_VERSION_3 = 0x20080522
_CAPABILITIES_AT_MOST = 64


def leave_root(granted: Sequence[str]) -> None:
    """Turns root into an ordinary user, provided that this user can read what is granted.

    Root is not bound by the limit on processes. But a Python below /root is readable to
    nobody else, unless the file tree is our own; then the process stays root, in name.

    Args:
        granted: the paths the learner code needs.
    """
    if os.geteuid() != 0 or not readable_to(UNPRIVILEGED_ID, granted):
        return
    with contextlib.suppress(OSError):  # a container with few user ids, or root in name only
        os.setgroups([])
        os.setresgid(UNPRIVILEGED_ID, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
        os.setresuid(UNPRIVILEGED_ID, UNPRIVILEGED_ID, UNPRIVILEGED_ID)


def readable_to(user: int, paths: Sequence[str]) -> bool:
    """Whether this user could read these files and enter these folders. Only root may ask.

    Paths that do not exist do not count.
    """
    groups = os.getgroups()
    os.setgroups([])
    call("setfsgid", user)
    call("setfsuid", user)  # the kernel now checks file access as for that user
    try:
        return all(_is_readable(path) for path in paths)
    finally:
        call("setfsuid", 0)
        call("setfsgid", 0)
        os.setgroups(groups)


def _is_readable(path: str) -> bool:
    try:
        is_folder = stat.S_ISDIR(os.stat(path).st_mode)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return os.access(path, os.R_OK | os.X_OK if is_folder else os.R_OK, effective_ids=True)


def drop_capabilities() -> None:
    """Empties every capability set of this process, the bounding set included where it may.

    Raises:
        SandboxUnavailable: the kernel refuses, or there is no system call table for this machine.
    """
    if MACHINE is None:
        raise SandboxUnavailable("capabilities", 0, "there is no system call table for this machine.")
    with contextlib.suppress(OSError):  # EINVAL past the last one; EPERM: none to lose
        for capability in range(_CAPABILITIES_AT_MOST):
            call("prctl", _PR_CAPBSET_DROP, capability, 0, 0, 0)
    try:
        call("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
        call("capset", _header(), struct.pack("6I", 0, 0, 0, 0, 0, 0))
    except OSError as error:
        raise SandboxUnavailable("capabilities", error.errno or 0, "they cannot be given up.") from error


def has_capabilities() -> bool:
    """Whether any capability is in force or could be taken."""
    sets = ctypes.create_string_buffer(24)
    call("capget", _header(), sets)
    return any(sets.raw)


def no_new_privileges() -> None:
    """No program started from here on gains rights; Landlock and seccomp ask for it."""
    call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def keep_memory_to_itself() -> None:
    """Other processes of the same user cannot look into this one, and it leaves no core dump."""
    call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)


def show_process_files() -> None:
    """Makes /proc/self writable to its owner again: a change of user had closed it."""
    call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)


def die_with_parent() -> None:
    """The kernel kills this process when its parent ends. A change of user or a fork undoes it."""
    call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def is_refusal(error: OSError) -> bool:
    """Whether the system said: you may not."""
    return error.errno in (errno.EPERM, errno.EACCES)


def _header() -> bytes:
    this_process = 0
    return struct.pack("Ii", _CAPABILITY_VERSION_3, this_process)
