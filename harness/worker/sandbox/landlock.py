"""Layer "landlock": files outside the granted ones cannot be opened, listed or made.

Landlock needs no privilege and holds for every process that learner code could start. It
does not cover `stat`, `chdir` and changes of attributes: the file tree of our own (`view`)
does, and where there is none, seccomp.

Source: https://docs.kernel.org/userspace-api/landlock.html
"""

import contextlib
import os
import stat
import struct
from collections.abc import Sequence

from harness.worker.sandbox.errors import SandboxUnavailable
from harness.worker.sandbox.syscalls import MACHINE, call

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_CHAR, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8
_MAKE_SOCK, _MAKE_FIFO, _MAKE_BLOCK, _MAKE_SYM = 1 << 9, 1 << 10, 1 << 11, 1 << 12
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15  # since ABI 2, 3, 5

_READ = _READ_FILE | _READ_DIR
_WRITE = (
    _READ
    | _WRITE_FILE
    | _REMOVE_DIR
    | _REMOVE_FILE
    | _MAKE_DIR
    | _MAKE_REG
    | _MAKE_FIFO
    | _MAKE_SYM
    | _REFER
    | _TRUNCATE
)
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV

_TCP = 0b11  # bind, connect
_SCOPES = 0b11  # abstract sockets, signals

_RULE_PATH_BENEATH = 1


def abi() -> int:
    """The version of Landlock this kernel has.

    Raises:
        SandboxUnavailable: none.
    """
    if MACHINE is None:
        raise SandboxUnavailable("landlock", 0, "there is no system call table for this machine.")
    ask_version = 1
    try:
        return call("landlock_create_ruleset", None, 0, ask_version)
    except OSError as error:
        raise SandboxUnavailable(
            "landlock", error.errno or 0, "this kernel has no Landlock, or it is switched off."
        ) from error


def restrict(readable: Sequence[str], writable: Sequence[str]) -> None:
    """Leaves this process these files only, and no TCP, for good. Needs no_new_privs.

    Args:
        readable: files, or folders with all below them; what is not there is passed over.
        writable: the same, to read and to write.

    Raises:
        SandboxUnavailable: no Landlock in this kernel.
    """
    version = abi()
    handled = _handled_files(version)
    try:
        ruleset = call("landlock_create_ruleset", *_attributes(version, handled), 0)
        for paths, rights in ((readable, _READ), (writable, _WRITE)):
            for path in paths:
                _allow(ruleset, path, rights & handled)
        call("landlock_restrict_self", ruleset, 0)
        os.close(ruleset)
    except OSError as error:
        raise SandboxUnavailable("landlock", error.errno or 0, "the kernel refuses the rules.") from error


def _handled_files(version: int) -> int:
    handled = (1 << 13) - 1
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV)):
        if version >= since:
            handled |= right
    return handled


def _attributes(version: int, handled: int) -> tuple[bytes, int]:
    """struct landlock_ruleset_attr, as long as this version knows it."""
    if version < 4:
        packed = struct.pack("Q", handled)
    elif version < 6:
        packed = struct.pack("QQ", handled, _TCP)
    else:
        packed = struct.pack("QQQ", handled, _TCP, _SCOPES)
    return packed, len(packed)


def _allow(ruleset: int, path: str, rights: int) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):  # nothing there to grant
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not stat.S_ISDIR(os.fstat(target).st_mode):
                rights &= _FOR_FILES
            call("landlock_add_rule", ruleset, _RULE_PATH_BENEATH, struct.pack("=Qi", rights, target), 0)
        finally:
            os.close(target)
