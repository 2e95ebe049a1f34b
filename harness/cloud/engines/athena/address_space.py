"""Bounds what this process may allocate while something runs, where the system can do that.

A single function call in a query can ask for gigabytes, which no limit of DuckDB's sees. With
less address space the allocation fails, and the query with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SIZES = Path("/proc/self/statm")


@contextmanager
def address_space_limited(headroom_bytes: int) -> Iterator[None]:
    """Within the block the process may grow by so much; where there is no such limit, by any amount."""
    try:
        import resource

        pages = int(_SIZES.read_text(encoding="ascii").split()[0])
    except (ImportError, OSError):  # neither Windows nor macOS
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = pages * resource.getpagesize() + headroom_bytes
    if soft != resource.RLIM_INFINITY:
        limit = min(limit, soft)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
