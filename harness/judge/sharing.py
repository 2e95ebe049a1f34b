"""Runs that several scenarios judge: driven once per process and seed, then only read."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest_asyncio

SHARED: set[str] = set()
"""Names of the fixtures that are shared runs: scenarios that use one run in one process."""


def shared_run(drive: Callable[[Any], Awaitable[Any]]) -> Any:
    """Makes a fixture of a coroutine function that drives a world and returns what it saw.

    The world is closed when it returns; every scenario that uses the fixture gets the same
    object, and its verdict tells that run's story. If driving breaks a promise, each of them
    fails by it.
    """
    name = drive.__name__
    SHARED.add(name)

    @pytest_asyncio.fixture(name=name)
    async def fixture(judging: Any) -> Any:
        return await judging.share(name, drive)

    fixture.__doc__ = drive.__doc__
    return fixture
