"""Layer "namespaces", second half: a file tree of its own for the worker.

A new root holds the granted files, read-only, and a /tmp in memory whose size and number of
files are bounded, as Lambda's is. Nothing else has a name in it: no katas, no other
submission, no socket of a container engine, no /proc.

It also lets learner code run as an ordinary user where the judge is root and its Python
lies below /root: the tree is built before root is left.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
"""

import contextlib
import os
import struct
from collections.abc import Sequence

from harness.worker.sandbox.errors import SandboxUnavailable
from harness.worker.sandbox.syscalls import call
from harness.worker.sandbox.tree import Kind, Step, Tree

_STAGE = "/proc"  # a folder that every system has and no learner is granted: the new root grows here

_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 2, 4, 8
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_MNT_DETACH = 2
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID = 1, 2


def make_mounts_private() -> None:
    """What this mount namespace mounts is seen in no other."""
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)


def enter(tree: Tree, writable: Sequence[str], *, tmp_bytes: int, tmp_files: int) -> None:
    """Makes a new root of this tree, and makes the old one unreachable. It takes /proc away.

    Args:
        tree: what is readable.
        writable: the first is the private /tmp, a file system in memory that is seen under
            this path and under /tmp; the others are the real folders. Real paths.
        tmp_bytes: what the private /tmp can hold.
        tmp_files: how many files and folders it can hold.

    Raises:
        SandboxUnavailable: the system refuses a mount.
    """
    for path in writable:
        tree.mount_point(path)
    try:
        _mount("tmpfs", _STAGE, "tmpfs", _MS_NOSUID | _MS_NODEV, b"mode=755,size=1m")
        os.mkdir(_STAGE + "/tmp")
        if writable:
            options = f"mode=1777,size={tmp_bytes},nr_inodes={tmp_files}".encode()
            _mount("tmpfs", _STAGE + "/tmp", "tmpfs", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, options)
        for step in tree.steps:
            _do(step)
        for number, path in enumerate(writable):
            _mount(_STAGE + "/tmp" if number == 0 else path, _STAGE + path, None, _MS_BIND)
        _make_read_only(writable)
        _change_root()
    except OSError as error:
        why = "the worker's own file tree cannot be mounted (it needs Linux 5.12 and no rule against mounts)."
        raise SandboxUnavailable("namespaces", error.errno or 0, why) from error


def _do(step: Step) -> None:
    place = _STAGE + step.path
    match step.kind:
        case Kind.FOLDER:
            with contextlib.suppress(FileExistsError):  # an outer folder shows it
                os.mkdir(place)
        case Kind.FILE:
            os.close(os.open(place, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC))
        case Kind.LINK:
            os.symlink(step.target, place)
        case Kind.COVER:
            _mount("tmpfs", place, "tmpfs", _MS_NOSUID | _MS_NODEV, b"mode=755,size=1m")
        case Kind.BIND:
            with contextlib.suppress(FileNotFoundError, PermissionError):  # what we cannot reach, nobody gets
                _mount(step.path, place, None, _MS_BIND | _MS_REC)


def _make_read_only(writable: Sequence[str]) -> None:
    _set_attributes(_STAGE, _AT_RECURSIVE, on=_ATTR_RDONLY | _ATTR_NOSUID, off=0)
    for path in ("/tmp", *writable) if writable else ():
        _set_attributes(_STAGE + path, 0, on=0, off=_ATTR_RDONLY)


def _change_root() -> None:
    folder = os.getcwd()
    os.chdir(_STAGE)
    call("pivot_root", b".", b".")  # the old root now lies on top of the new one
    call("umount2", b".", _MNT_DETACH)
    try:
        os.chdir(folder)
    except OSError:
        os.chdir("/")


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: bytes | None = None) -> None:
    arguments = (None if text is None else os.fsencode(text) for text in (source, target, kind))
    call("mount", *arguments, flags, options)


def _set_attributes(path: str, flags: int, *, on: int, off: int) -> None:
    attributes = struct.pack("4Q", on, off, 0, 0)
    call("mount_setattr", _AT_FDCWD, os.fsencode(path), flags, attributes, len(attributes))
