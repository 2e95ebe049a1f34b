"""What this machine can do to lock up learner code, found out by doing it in a child.

Version numbers and sysctls mislead: a system may have Landlock built in and switched off,
or allow a user namespace and forbid everything in it.
"""

import json
import os
import platform
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from harness.worker.sandbox import confinement, landlock
from harness.worker.sandbox.confinement import LAYERS
from harness.worker.sandbox.errors import SandboxLeaks, SandboxUnavailable
from harness.worker.sandbox.limits import Limits
from harness.worker.sandbox.syscalls import MACHINE

LOST = {
    "namespaces": "Names of files outside can be seen, /tmp is bounded only per file, and threads only by memory.",
    "rlimits": "A handler can use up the machine's memory, file descriptors and disk.",
    "capabilities": "A handler in namespaces keeps every right inside them, and could mount file systems.",
    "landlock": "Without namespaces as well, a handler can read the tests, the solutions and your home folder.",
    "seccomp": "A handler can start processes, and reach a container engine through its socket.",
}
"""What a missing layer costs."""

_ELSEWHERE = "Grade on Linux, or in the project's container image. `kata test` works without it."
_APPARMOR = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")


@dataclass(frozen=True)
class Layer:
    """One row of `kata doctor`.

    Attributes:
        name: one of `LAYERS`.
        works: it was applied, and it held.
        why: what was found.
        remedy: what to do about it; "" if it works.
        lost: what a machine without it cannot prevent.
    """

    name: str
    works: bool
    why: str
    remedy: str
    lost: str


@cache
def available() -> dict[str, Layer]:
    """Tries each layer in a child of its own, once per process.

    Returns:
        Every name in `LAYERS`, in that order.
    """
    return {name: _try_layer(name) for name in LAYERS}


def rows() -> list[Layer]:
    """The rows `kata doctor` prints, in the order in which the layers are applied."""
    return list(available().values())


def _try_layer(name: str) -> Layer:
    if MACHINE is None:
        why = f"This is {sys.platform} on {platform.machine()}; it takes Linux on x86-64 or arm64."
        return Layer(name, False, why, _ELSEWHERE, LOST[name])
    error_number, why = _in_child(name)
    works = error_number is None
    return Layer(name, works, why, "" if works else _remedy(name), LOST[name])


def _in_child(name: str) -> tuple[int | None, str]:
    """The error number, or None if the layer holds; and what to say of it."""
    answer, ask = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns if threads run; the child starts none
        child = os.fork()
    if child == 0:
        os.close(answer)
        _apply_and_report(name, ask)
    os.close(ask)
    with os.fdopen(answer, "rb") as stream:
        report = stream.read()
    os.waitpid(child, 0)
    if not report:
        return 0, "The process that tried it was killed."
    error_number, why = json.loads(report)
    return error_number, why


def _apply_and_report(name: str, ask: int) -> None:
    result: tuple[int | None, str] = (0, "The attempt ended half-way.")
    try:
        result = (None, _apply((name,)))
    except SandboxUnavailable as error:
        cause = f" ({os.strerror(error.errno)})" if error.errno else ""
        result = (error.errno, error.why.rstrip(".").capitalize() + cause + ".")
    except SandboxLeaks as error:
        result = (0, f"Applied, and yet {error.leak}.")
    except Exception as error:
        result = (0, f"The attempt failed: {error!r}")
    finally:
        os.write(ask, json.dumps(result).encode())
        os._exit(0)


def _apply(layers: Sequence[str]) -> str:
    found = f"Landlock ABI {landlock.abi()}." if "landlock" in layers else ""
    if "namespaces" in layers:
        confinement.enter_namespaces()
    confinement.apply(layers, readable=(), writable=(), limits=Limits())
    confinement.self_test()
    if "rlimits" in layers and os.geteuid() == 0:
        return "Works, but the number of threads does not bind root."
    return found or "Works."


def _remedy(name: str) -> str:
    in_container = any(os.path.exists(mark) for mark in _CONTAINER_MARKS)
    if name == "namespaces" and os.path.exists(_APPARMOR):
        return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
    if name == "namespaces" and in_container:
        return "Start the container with --security-opt seccomp=unconfined --security-opt apparmor=unconfined."
    if name == "namespaces":
        return "sudo sysctl -w user.max_user_namespaces=15000"
    if name == "landlock":
        return "Boot Linux 5.13 or newer with 'landlock' in the kernel parameter lsm=."
    if name == "seccomp":
        return "Use a kernel with CONFIG_SECCOMP_FILTER, on x86-64 or arm64."
    return _ELSEWHERE
