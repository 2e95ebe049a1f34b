"""Whether a scenario's faults struck: which did, on what and when, and which waited for nothing.

A scenario that ends well although a fault of its own never struck has proved nothing. Strikes
are counted over all worlds of the scenario, for each kind of fault and what it waits for: the
last run of a crash sweep is undisturbed, and the sweep is reached by its first.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from harness.faults.awaiting import awaited
from harness.faults.board import FaultInjected, FaultStruck
from harness.faults.registry import FAULTS
from harness.faults.streams import StreamForgets
from harness.world import World

STRIKES_TOLD = 20
_WITHOUT_STRIKES = (StreamForgets,)
"""Faults that are a state of things: there is no instant at which they strike."""

_TRY = (
    "let your design come to what the fault waits for, as the contract has it; where the contract leaves "
    "that open, the test must say so with inject(..., optional=True), and its author should hear of it"
)


def not_reached(worlds: Sequence[World]) -> dict[str, Any] | None:
    """What the verdict says of the first fault that never struck; None if each did."""
    waited: dict[tuple[str, str], int] = {}
    for active in (active for world in worlds for active in world.injected if not active.optional):
        if not isinstance(active.fault, _WITHOUT_STRIKES):
            key = (active.fault.name(), awaited(active.fault))
            waited[key] = waited.get(key, 0) + active.strikes
    for (fault, opportunity), strikes in waited.items():
        if strikes == 0:
            return {
                "message": f"The fault {fault} waited for {opportunity} and never struck: this proves nothing yet.",
                "expected": f"{fault} strikes at least once",
                "got": f"it never did, in {len(worlds)} run{'' if len(worlds) == 1 else 's'}",
                "diagnosis": _TRY,
            }
    return None


def strikes(worlds: Sequence[World]) -> tuple[str, ...]:
    """The faults that struck in all worlds: a line for each thing struck in a world, with its first instant."""
    found: dict[tuple[int, str, str], list[int]] = {}
    for run, world in enumerate(worlds, 1):
        for record in world.trace.of(FaultStruck):
            found.setdefault((run, record.fault, record.what), []).append(record.at_ms)
    lines = [
        f"{fault}: {what}, "
        + (f"in run {run} " if len(worlds) > 1 else "")
        + f"at {at_ms[0]} ms"
        + (f", {len(at_ms)} times" if len(at_ms) > 1 else "")
        for (run, fault, what), at_ms in found.items()
    ]
    return tuple(lines[:STRIKES_TOLD])


def injected(worlds: Sequence[World]) -> tuple[str, ...]:
    """The names of the faults that were switched on in any world."""
    return _by_catalogue(_injected(worlds))


def struck(worlds: Sequence[World]) -> tuple[str, ...]:
    """The names of those that struck in any world; a state of things strikes by being there."""
    states = {fault.name() for fault in _WITHOUT_STRIKES} & {*_injected(worlds)}
    return _by_catalogue({*states, *(record.fault for world in worlds for record in world.trace.of(FaultStruck))})


def _injected(worlds: Sequence[World]) -> Iterable[str]:
    return (record.fault.partition(" ")[0] for world in worlds for record in world.trace.of(FaultInjected))


def _by_catalogue(names: Iterable[str]) -> tuple[str, ...]:
    found = set(names)
    return tuple(name for name in FAULTS if name in found)
