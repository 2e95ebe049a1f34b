"""Tells learners in words why something failed here. A hint, never a boundary.

The kernel only says "Operation not permitted". An audit hook says which rule it was, before
the kernel is asked. Learner code can get around the hook; then it meets the kernel.

Source: https://docs.python.org/3/library/audit_events.html
"""

import errno
import os
import sys
from types import TracebackType

_PROCESSES = "Lambda functions here may not start processes."
_SOCKETS = "Lambda functions here may not open sockets: they reach AWS and HTTP services through boto3 and urllib."
_FILES = "Lambda functions here may read their own folder and write only below /tmp."
_SPACE = "/tmp is full: it holds 512 MB, as in Lambda."
_DESCRIPTORS = "too many open files: the limit is 128 here (1,024 in Lambda)."

_BY_EVENT = {
    **dict.fromkeys(("os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.system", "os.spawn"), _PROCESSES),
    **dict.fromkeys(("subprocess.Popen", "pty.spawn"), _PROCESSES),
    **dict.fromkeys(("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname"), _SOCKETS),
}

_BY_MODULE = {
    "subprocess": _PROCESSES,
    "multiprocessing": _PROCESSES,
    "popen_fork": _PROCESSES,
    "popen_spawn_posix": _PROCESSES,
    "socket": _SOCKETS,
    "connection": _SOCKETS,
}

_installed = False  # an audit hook cannot be taken away


def install() -> None:
    """Lets starting a process or opening a connection raise a PermissionError with a hint."""
    global _installed
    if not _installed:
        sys.addaudithook(_refuse)
        _installed = True


def describe_denial(exc: OSError) -> str | None:
    """The rule behind an error of learner code, as one sentence; None if no rule is known."""
    if exc.strerror in (_PROCESSES, _SOCKETS):
        return exc.strerror
    if exc.errno == errno.ENOSPC or exc.errno == errno.EFBIG:
        return _SPACE
    if exc.errno == errno.EMFILE:
        return _DESCRIPTORS
    if exc.errno not in (errno.EPERM, errno.EACCES, errno.EROFS):
        return None
    by_module = _by_module(exc.__traceback__)
    if by_module is not None:
        return by_module
    return _FILES if exc.filename is not None else None


def _refuse(event: str, _: object) -> None:
    hint = _BY_EVENT.get(event)
    if hint is not None:
        raise PermissionError(errno.EPERM, hint)


def _by_module(traceback: TracebackType | None) -> str | None:
    hint = None
    while traceback is not None:
        file = os.path.basename(traceback.tb_frame.f_code.co_filename)
        hint = _BY_MODULE.get(file.removesuffix(".py"), hint)
        traceback = traceback.tb_next
    return hint
