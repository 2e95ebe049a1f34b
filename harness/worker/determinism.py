"""Clocks and chance of an execution environment: functions of the virtual time and the seed.

freezegun replaces Python's clocks; it is started once, because starting it scans every
module. Chance has two sources, as in real Python: the generator behind `random`'s functions,
and the operating system's entropy, from which `secrets`, `uuid4` and unseeded `Random`
objects draw. Threads take turns in a fixed order, so both may be shared between them.

Left real: `id()`, process and thread identifiers, and clocks read by C code.
"""

import contextlib
import datetime
import os
import random
import ssl
import time
import types
import uuid
from collections.abc import Callable
from typing import Any

import freezegun.api
import freezegun.config

from harness.simulation.randomness import derive
from harness.worker.builtin import Builtin

_UNIX_EPOCH = datetime.datetime(1970, 1, 1)
_EPOCH_US = 1_767_603_600_000_000  # any instant; Configure brings the real one
_MONOTONIC_START_US = 100_000_000
CLOCK_RESOLUTION_S = 1e-6
_real_seed = random.Random.seed


class FrozenClock:
    """What every clock in this process reads; only the judge's frames move it."""

    def __init__(self) -> None:
        self.unix_us = _EPOCH_US
        self._started_us = _EPOCH_US
        self._behind_us = 0
        self._factory: Any = None

    def freeze(self) -> None:
        """Replaces the clocks of all modules imported so far and later."""
        freezegun.config.configure(default_ignore_list=[])  # threading, queue and the like see our time too
        for name, fake in _FAKES.items():
            setattr(freezegun.api, name, Builtin(fake))
        self._factory = freezegun.api.freeze_time(_UNIX_EPOCH).start()
        _name_as_real(freezegun.api.FakeDatetime, "datetime")
        _name_as_real(freezegun.api.FakeDate, "date")
        time.process_time = time.thread_time = lambda: 0.0  # computing takes no virtual time
        time.process_time_ns = time.thread_time_ns = lambda: 0
        time.clock_gettime = lambda clock_id, /: self.unix_us / 1_000_000
        time.clock_gettime_ns = lambda clock_id, /: self.unix_us * 1000
        time.get_clock_info = _clock_info
        self.set(_EPOCH_US)

    def start(self, unix_us: int, behind_us: int = 0) -> None:
        """The environment is born at this instant; monotonic clocks count from here."""
        self._started_us = unix_us + behind_us
        self.set(unix_us, behind_us)

    def set(self, unix_us: int, behind_us: int = 0) -> None:
        """Moves all clocks to this instant, microseconds since 1970.

        Args:
            behind_us: how far wall clocks are behind those that only count.
        """
        self.unix_us = unix_us
        self._behind_us = behind_us
        self._factory.time_to_freeze = _UNIX_EPOCH + datetime.timedelta(microseconds=unix_us)

    def monotonic_us(self) -> int:
        """Microseconds since shortly before the environment was born."""
        return self.unix_us + self._behind_us - self._started_us + _MONOTONIC_START_US


def _name_as_real(fake: Any, name: str) -> None:
    """A learner who prints a date, or reads its type in an error, sees what Lambda would show."""
    plain = fake.__repr__
    fake.__name__ = fake.__qualname__ = name
    fake.__module__ = "datetime"
    fake.__repr__ = lambda self: f"datetime.{plain(self)}"


def _clock_info(name: str) -> types.SimpleNamespace:
    """asyncio fires timers that are due within one resolution, which absorbs float rounding."""
    return types.SimpleNamespace(
        implementation="virtual", monotonic=name != "time", adjustable=False, resolution=CLOCK_RESOLUTION_S
    )


clock = FrozenClock()


def fake_time() -> float:
    """For time.time."""
    return clock.unix_us / 1_000_000


def fake_time_ns() -> int:
    """For time.time_ns."""
    return clock.unix_us * 1000


def fake_monotonic() -> float:
    """For time.monotonic and time.perf_counter."""
    return clock.monotonic_us() / 1_000_000


def fake_monotonic_ns() -> int:
    """For time.monotonic_ns and time.perf_counter_ns."""
    return clock.monotonic_us() * 1000


def seed_everything(seed: int) -> None:
    """Makes every source of chance a function of `seed`."""
    entropy = random.Random(derive(seed, "entropy"))
    os.urandom = random._urandom = entropy.randbytes  # type: ignore[attr-defined]
    ssl.RAND_bytes = entropy.randbytes
    if hasattr(os, "getrandom"):
        os.getrandom = lambda size, flags=0: entropy.randbytes(size)
    random.Random.seed = _seed_from_entropy  # type: ignore[method-assign]
    random.seed = random._inst.seed
    random.seed(derive(seed, "random"))
    uuid._node = derive(seed, "node") % (1 << 48) | (1 << 40)  # type: ignore[attr-defined]
    with contextlib.suppress(AttributeError):
        uuid._last_timestamp = None  # type: ignore[attr-defined]


def _seed_from_entropy(self: random.Random, a: Any = None, version: int = 2) -> None:
    """`Random()` without a seed asks the operating system in C, past `os.urandom`."""
    _real_seed(self, int.from_bytes(os.urandom(32), "big") if a is None else a, version)


_FAKES: dict[str, Callable[..., Any]] = {
    # ours: without float rounding, and monotonic from near zero
    "fake_time": fake_time,
    "fake_time_ns": fake_time_ns,
    "fake_monotonic": fake_monotonic,
    "fake_monotonic_ns": fake_monotonic_ns,
    "fake_perf_counter": fake_monotonic,
    "fake_perf_counter_ns": fake_monotonic_ns,
    # freezegun's own
    "fake_localtime": freezegun.api.fake_localtime,
    "fake_gmtime": freezegun.api.fake_gmtime,
    "fake_strftime": freezegun.api.fake_strftime,
}
