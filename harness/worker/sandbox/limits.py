"""Layer "rlimits": how much one execution environment may take of the machine."""

import contextlib
import os
from dataclasses import dataclass
from types import ModuleType

from harness.worker.sandbox.errors import SandboxUnavailable
from harness.worker.sandbox.syscalls import keep_memory_arenas_few

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows
    resource = None


@dataclass(frozen=True)
class Limits:
    """What an environment may use, over its whole life.

    Attributes:
        address_space_bytes: memory it can map; past it Python raises MemoryError.
        cpu_s: CPU seconds of all threads together; then comes SIGXCPU, a second later SIGKILL.
        file_bytes: one file's size, and all of a private /tmp together.
        files: files and folders in a private /tmp.
        open_files: file descriptors.
        processes: threads. It binds only in a user namespace: elsewhere the kernel counts
            all of the user's processes on the machine, so there it is not set.
    """

    address_space_bytes: int = 1024**3
    cpu_s: int = 120
    file_bytes: int = 512 * 1024**2
    files: int = 4096
    open_files: int = 128
    processes: int = 64


def restrict(limits: Limits, *, own_user_namespace: bool) -> None:
    """Sets the limits of this process, for good. A stricter limit already set stays.

    Raises:
        SandboxUnavailable: the system refuses one.
    """
    if resource is None:
        raise SandboxUnavailable("rlimits", 0, "this system has no resource limits.")
    values = {
        resource.RLIMIT_AS: limits.address_space_bytes,
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    if own_user_namespace:
        values[resource.RLIMIT_NPROC] = limits.processes
    keep_memory_arenas_few()
    for kind, wanted in values.items():
        _, hard = resource.getrlimit(kind)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        ends_at = value + 1 if kind == resource.RLIMIT_CPU and value != hard else value
        try:
            resource.setrlimit(kind, (value, ends_at))
        except (ValueError, OSError) as error:
            code = error.errno or 0 if isinstance(error, OSError) else 0
            raise SandboxUnavailable("rlimits", code, f"limit {kind} cannot be set to {value}.") from error


def volunteer_for_out_of_memory() -> None:
    """Makes the kernel end this process, and not the judge, when the machine runs out of memory."""
    with contextlib.suppress(OSError):
        adjustment = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(adjustment, b"1000")
        finally:
            os.close(adjustment)
