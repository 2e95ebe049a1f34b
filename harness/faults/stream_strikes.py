"""Asks the board about the records of a stream."""

from typing import TypeVar

from harness.faults.board import FaultBoard
from harness.faults.streams import StreamFault, StreamForgets

S = TypeVar("S", bound=StreamFault)


def strikes_record(board: FaultBoard, kind: type[S], stream: str, text: str, what: str) -> S | None:
    """The fault of this kind that strikes this record. Asking counts as an opportunity.

    Args:
        stream: logical id.
        text: of the record, for `containing`.
        what: what it hits, in words.
    """
    for active in board.active:
        fault = active.fault
        if isinstance(fault, kind) and fault.matches(stream, text) and board.strike(active, what):
            return fault
    return None


def retention_us(board: FaultBoard, stream: str, normal_s: int) -> int:
    """How long a stream keeps its records: as it is set, or as long as a fault leaves them."""
    shortened = [fault.older_than_s for fault in board.on(StreamForgets) if fault.stream == stream]
    return min([normal_s, *shortened]) * 1_000_000
