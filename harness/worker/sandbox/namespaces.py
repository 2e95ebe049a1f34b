"""Layer "namespaces", first half: no network, no other process, a user namespace of its own.

`fork_into` forks a process that is pid 1 of new namespaces from its first instant: what the
zygote does. `enter` is for a process that exists already. It becomes pid 1 by a second fork:
a parent stays outside, waits for it and ends as it ended. Either way whoever started the
worker sees one process with one exit status, and by killing it kills all that it started.

Source: https://man7.org/linux/man-pages/man7/namespaces.7.html
"""

import ctypes
import functools
import os
import select
import signal
from dataclasses import dataclass
from typing import NoReturn

from harness.worker.sandbox import privileges, view
from harness.worker.sandbox.errors import SandboxUnavailable
from harness.worker.sandbox.syscalls import MACHINE, NUMBERS, call

_NEWNS, _NEWUSER, _NEWPID, _NEWNET, _NEWIPC = 0x20000, 0x10000000, 0x20000000, 0x40000000, 0x08000000
_ALL_BUT_USER = _NEWNS | _NEWPID | _NEWNET | _NEWIPC


@dataclass
class Inside:
    """What a process knows once it is in its namespaces.

    Attributes:
        outer_pid: its number as the judge sees it.
        parent_watch: the reading end of a pipe whose other end is open while the parent lives.
        own_files: its folder in /proc, open.
        still_root: it holds the machine's real root rights until `leave_root`.
    """

    outer_pid: int
    parent_watch: int
    own_files: int
    still_root: bool


def enter() -> Inside:
    """Moves the calling process into new namespaces, as pid 1.

    Returns:
        In the child only: the parent never returns from here.

    Raises:
        SandboxUnavailable: the system refuses; the process has not forked.
    """
    if MACHINE is None:
        raise SandboxUnavailable("namespaces", 0, "there is no system call table for this machine.")
    privileges.die_with_parent()
    still_root = _unshare()
    watch, signpost = os.pipe()
    child = os.fork()
    if child:
        _stand_in_for(child, signpost)
    os.close(signpost)
    privileges.die_with_parent()
    outer_pid = int(os.readlink("/proc/self"))  # this /proc still counts as the judge does
    inside = Inside(outer_pid, watch, os.open("/proc/self", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC), still_root)
    check_parent(inside)
    return inside


def fork_into() -> tuple[int, Inside | None]:
    """Forks the calling process; the child is pid 1 of new namespaces.

    The caller must have one thread. It stays the parent of the child, and knows its pid.

    Returns:
        the pid and None in the parent; 0 and what it knows in the child.

    Raises:
        SandboxUnavailable: the system refuses; nothing was forked. A child that cannot go on
            ends with exit status 70.
    """
    if MACHINE is None:
        raise SandboxUnavailable("namespaces", 0, "there is no system call table for this machine.")
    watch, signpost = _life()
    user, group = os.geteuid(), os.getegid()
    try:
        as_root = user == 0
        pid = _clone(_ALL_BUT_USER) if as_root else -1
        if pid < 0:
            as_root = False
            pid = _clone(_NEWUSER | _ALL_BUT_USER)
    except OSError as error:
        raise SandboxUnavailable("namespaces", error.errno or 0, "the system refuses new namespaces.") from error
    if pid:
        return pid, None
    try:
        os.close(signpost)
        return 0, _settle_in(as_root, user, group, watch)
    except BaseException:
        os._exit(70)


def _settle_in(as_root: bool, user: int, group: int, watch: int) -> Inside:
    privileges.die_with_parent()
    privileges.show_process_files()
    outer_pid = int(os.readlink("/proc/self"))  # this /proc still counts as the judge does
    own_files = os.open("/proc/self", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    if not as_root:
        _map_ids(own_files, user, group)
    view.make_mounts_private()
    inside = Inside(outer_pid, watch, own_files, as_root)
    check_parent(inside)
    return inside


@functools.cache
def _life() -> tuple[int, int]:
    """A pipe whose writing end only this process holds, so that its children can see that it lives."""
    return os.pipe()


def _clone(flags: int) -> int:
    """fork() with flags, as CPython documents it for those who bring their own fork.

    Returns:
        as fork; -1 if root is refused, who may still have a user namespace.

    Raises:
        OSError: the kernel refuses.

    Source: https://docs.python.org/3/c-api/sys.html#c.PyOS_BeforeFork
    """
    with_lock = ctypes.PyDLL(None, use_errno=True)  # the child must hold the interpreter's lock
    arguments = [ctypes.c_long(a) for a in (NUMBERS["clone"], flags | signal.SIGCHLD, 0, 0, 0, 0)]
    ctypes.pythonapi.PyOS_BeforeFork()
    pid: int = with_lock.syscall(*arguments)
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    number = ctypes.get_errno()
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0 and (flags & _NEWUSER or not privileges.is_refusal(OSError(number, ""))):
        raise OSError(number, f"clone: {os.strerror(number)}")
    return pid


def check_parent(inside: Inside) -> None:
    """Ends this process if its parent ended before `die_with_parent` could take effect."""
    poll = select.poll()
    poll.register(inside.parent_watch, 0)
    if poll.poll(0):
        os._exit(1)


def enter_user_namespace(inside: Inside) -> bool:
    """Gives the process, no longer root, a user namespace, where it counts its own threads only.

    Returns:
        Whether the system allows it.
    """
    try:
        privileges.show_process_files()
        user, group = os.geteuid(), os.getegid()
        call("unshare", _NEWUSER)
        _map_ids(inside.own_files, user, group)
    except OSError:
        return False
    return True


def _unshare() -> bool:
    """Returns whether this was done as real root, who needs no user namespace for it."""
    user, group = os.geteuid(), os.getegid()
    try:
        privileges.show_process_files()
        if user == 0 and _unshare_as_root():
            return True
        call("unshare", _NEWUSER | _ALL_BUT_USER)
        own_files = os.open("/proc/self", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        _map_ids(own_files, user, group)
        os.close(own_files)
        view.make_mounts_private()
    except OSError as error:
        raise SandboxUnavailable("namespaces", error.errno or 0, "the system refuses new namespaces.") from error
    return False


def _unshare_as_root() -> bool:
    try:
        call("unshare", _ALL_BUT_USER)
        view.make_mounts_private()
    except OSError as error:
        if privileges.is_refusal(error):
            return False
        raise
    return True


def _map_ids(own_files: int, user: int, group: int) -> None:
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        file = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=own_files)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)


def _stand_in_for(child: int, signpost: int) -> NoReturn:
    """Waits for pid 1 and ends the same way. It holds nothing open but the pipe that shows it lives."""
    try:
        os.closerange(0, signpost)
        os.closerange(signpost + 1, os.sysconf("SC_OPEN_MAX"))
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            _end_by(os.WTERMSIG(status))
        os._exit(os.waitstatus_to_exitcode(status))
    finally:
        os._exit(1)


def _end_by(number: int) -> None:
    if number == signal.SIGSYS:
        number = signal.SIGKILL  # seccomp ended it: outside that is a process that was killed
    privileges.keep_memory_to_itself()  # and no core dump
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
    os.kill(os.getpid(), number)
