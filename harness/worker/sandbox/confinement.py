"""Locks up the process that is about to run learner code, layer by layer, and tries the locks.

The order matters: mounts need capabilities, Landlock forbids mounts, the limit on processes
binds only in a user namespace, and seccomp forbids what the others are set up with.
"""

import contextlib
import ctypes
import os
from collections.abc import Sequence
from dataclasses import dataclass

from harness.worker.sandbox import grants as granted
from harness.worker.sandbox import hints, landlock, namespaces, privileges, seccomp, view
from harness.worker.sandbox import limits as limit
from harness.worker.sandbox import tree as trees
from harness.worker.sandbox.errors import SandboxLeaks, SandboxUnavailable
from harness.worker.sandbox.grants import DEVICES
from harness.worker.sandbox.limits import Limits
from harness.worker.sandbox.syscalls import MACHINE

LAYERS = ("namespaces", "rlimits", "capabilities", "landlock", "seccomp")
"""Every layer, in the order in which they are applied."""


@dataclass
class _State:
    inside: namespaces.Inside | None = None
    applied: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()


_here = _State()


def prepare() -> None:
    """Works out once, in the zygote, what each worker would otherwise work out again."""
    if MACHINE is None:
        return
    trees.of_interpreter(granted.for_python(granted.this_python()))
    for own_tree in (True, False):
        seccomp.template(own_tree=own_tree)


def enter_namespaces() -> int:
    """Moves this process into namespaces of its own, as pid 1 there. It must have one thread.

    The parent that stays behind keeps the pid by which the zygote knows the worker, and ends
    as this process ends. `apply` completes the layer: until then no learner code may run.

    Returns:
        The number of this process as the judge sees it.

    Raises:
        SandboxUnavailable: the system refuses.
    """
    if _here.inside is None:
        _here.inside = namespaces.enter()
    return _here.inside.outer_pid


def fork_into_namespaces() -> int:
    """As os.fork, but the child is in namespaces of its own at once; it still has to call `apply`.

    Raises:
        SandboxUnavailable: the system refuses, and nothing was forked.
    """
    pid, inside = namespaces.fork_into()
    if pid == 0:
        _here.inside = inside
    return pid


def close_inherited(keep: Sequence[int]) -> None:
    """Closes every file descriptor but 0, 1, 2 and these."""
    own = (_here.inside.parent_watch, _here.inside.own_files) if _here.inside else ()
    first = 3
    for descriptor in sorted({*keep, *own}):
        if descriptor >= first:
            os.closerange(first, descriptor)
            first = descriptor + 1
    os.closerange(first, max(first, os.sysconf("SC_OPEN_MAX")))


def apply(layers: Sequence[str], *, readable: Sequence[str], writable: Sequence[str], limits: Limits) -> None:
    """Applies these layers to this process, for good.

    Args:
        layers: some of `LAYERS`; "namespaces" takes `enter_namespaces` before.
        readable: what learner code may read besides its Python: the submission's folder.
        writable: the private /tmp first. In namespaces it is a file system in memory, seen
            under this path and under /tmp, and ends with the process.
        limits: for the layer "rlimits", and for the size of /tmp.

    Raises:
        SandboxUnavailable: a layer cannot be applied. The process may be half locked up
            and should end.
    """
    if not layers:
        return
    readable = granted.present(readable)
    writable = [os.path.realpath(path) for path in writable]
    grants = granted.with_submission(granted.for_python(granted.this_python()), readable)
    limit.volunteer_for_out_of_memory()
    os.umask(0o022)
    with contextlib.suppress(OSError):  # it leads a group already
        os.setsid()
    needed = (*grants.paths, *_directly_in(readable))
    own_namespace = False
    if "namespaces" in layers:
        own_namespace = _settle(readable, writable, needed, limits)
    else:
        privileges.leave_root((*needed, *writable))
    if "rlimits" in layers:
        limit.restrict(limits, own_user_namespace=own_namespace)
    if "capabilities" in layers:
        privileges.drop_capabilities()
    _forbid_regaining()
    if "landlock" in layers:
        paths = grants.paths if "namespaces" in layers else tuple(grants.around_holes())
        scratch = ("/tmp",) if "namespaces" in layers and writable else ()
        landlock.restrict(paths, (*writable, *scratch, *DEVICES))
    hints.install()
    _note(layers, readable, writable)
    if "seccomp" in layers:
        seccomp.restrict(own_tree="namespaces" in layers)


def self_test() -> None:
    """Tries to get out of the layers applied, by system calls that Python has no part in.

    Raises:
        SandboxLeaks: something succeeded.
    """
    applied = set(_here.applied)
    if applied & {"namespaces", "landlock"}:
        for path in _here.canaries:
            _must_fail(f"{path} could be opened", "open", path)
    if applied & {"namespaces", "seccomp"}:
        _must_fail("the judge could be signalled", "kill")
    if applied & {"capabilities", "landlock", "seccomp"}:
        _must_fail("a file system could be mounted", "mount")
    if "seccomp" in applied:
        _must_fail("a socket could be opened", "socket")
    if "capabilities" in applied and privileges.has_capabilities():
        raise SandboxLeaks("it still holds capabilities")


def _directly_in(folders: Sequence[str]) -> list[str]:
    """A submission is a copy with modes of its own: its files are worth a look, not its folder alone."""
    inside: list[str] = []
    for folder in folders:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            inside += [entry.path for entry in entries if not entry.is_symlink()]
    return inside


def _settle(readable: Sequence[str], writable: Sequence[str], needed: Sequence[str], bounds: Limits) -> bool:
    """Takes the process to its file tree and its user. Returns whether its threads count alone."""
    inside = _here.inside
    if inside is None:
        raise SandboxUnavailable("namespaces", 0, "enter_namespaces was not called before apply.")
    tree = trees.for_submission(granted.for_python(granted.this_python()), readable)
    view.enter(tree, writable, tmp_bytes=bounds.file_bytes, tmp_files=bounds.files)
    own_namespace = True
    if inside.still_root:
        privileges.leave_root(needed)
        own_namespace = namespaces.enter_user_namespace(inside) and os.geteuid() != 0
    privileges.die_with_parent()
    namespaces.check_parent(inside)
    os.close(inside.own_files)
    os.close(inside.parent_watch)
    return own_namespace


def _forbid_regaining() -> None:
    if MACHINE is not None:
        privileges.no_new_privileges()
        privileges.keep_memory_to_itself()
    os.umask(0o077)


def _note(layers: Sequence[str], readable: Sequence[str], writable: Sequence[str]) -> None:
    """Remembers what `self_test` has to try."""
    harness = granted.this_python().harness
    candidates = (
        "/etc/passwd",
        "/proc/self/environ",
        os.path.join(harness, "judge"),
        os.path.join(harness, "world.py"),
    )
    allowed = (*readable, *writable)
    _here.canaries = tuple(c for c in candidates if not any(c == a or granted.is_below(c, a) for a in allowed))
    _here.applied = tuple(layers)


def _must_fail(leak: str, attempt: str, path: str = "") -> None:
    libc = ctypes.CDLL(None)
    if attempt == "open":
        succeeded = libc.open(os.fsencode(path), os.O_RDONLY) != -1
    elif attempt == "socket":
        succeeded = libc.socket(1, 1, 0) != -1
    elif attempt == "kill":
        succeeded = libc.kill(os.getppid() or -1, 0) != -1
    else:
        succeeded = libc.mount(b"none", b"/", b"tmpfs", 0, None) != -1
    if succeeded:
        raise SandboxLeaks(leak)
