"""The X-Ray header of an invocation, and the chain of invocations it carries.

Lambda hands the header to the handler's process; AWS's SDK passes it on with each call, SQS
keeps it with the message, and Lambda reads it again: so it knows how often a chain of events
has come through the same function. Lambda, SQS, SNS and S3 pass it on; any other service
breaks the chain. Inside the simulation it travels in the context of the work that a call sets
off, and with the messages of queues. Left out: segments, sampling.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
and https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
"""

import hashlib
import random
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from urllib.parse import unquote

import msgspec

from harness.cloud.engines.sqs.message import Message
from harness.functions import limits
from harness.simulation.clock import Clock

FOLLOWED = frozenset({"lambda", "sqs", "sns", "s3"})
"""Services through which Lambda follows a chain."""

_current: ContextVar[str] = ContextVar("X-Amzn-Trace-Id", default="")


@dataclass(frozen=True)
class TraceHeader:
    """An X-Amzn-Trace-Id header.

    Attributes:
        lineage: turns of each function of the chain so far, by the function's mark.
    """

    root: str = ""
    parent: str = ""
    lineage: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        turns = "|".join(f"{mark}:{count}" for mark, count in self.lineage.items())
        return f"Root={self.root};Parent={self.parent};Sampled=0" + (f";Lineage={turns}" if turns else "")


def parse(text: str) -> TraceHeader:
    """Reads a header; what is no header is an empty one."""
    parts = dict(part.partition("=")[::2] for part in unquote(text).split(";"))
    lineage = {}
    for turn in parts.get("Lineage", "").split("|"):
        mark, _, count = turn.rpartition(":")
        if mark and count.isdecimal() and len(count) < 6:
            lineage[mark] = int(count)
    return TraceHeader(parts.get("Root", ""), parts.get("Parent", ""), lineage)


def mark_of(arn: str) -> str:
    """Eight hexadecimal digits that stand for a function."""
    return hashlib.blake2b(arn.encode(), digest_size=4).hexdigest()


def next_turn(incoming: TraceHeader, arn: str, chance: random.Random, clock: Clock) -> TraceHeader:
    """The header of an invocation that this one set off: one more turn of this function."""
    mark = mark_of(arn)
    return TraceHeader(
        root=incoming.root or f"1-{int(clock.unix_s()):08x}-{chance.getrandbits(96):024x}",
        parent=f"{chance.getrandbits(64):016x}",
        lineage={**incoming.lineage, mark: incoming.lineage.get(mark, -1) + 1},
    )


def goes_round(header: TraceHeader, arn: str) -> bool:
    """Whether the chain has had all the turns of this function that Lambda allows."""
    return header.lineage.get(mark_of(arn), 0) >= limits.LOOP_INVOCATIONS


# ---- how it travels --------------------------------------------------------------------------


def pass_on(header: str, service: str) -> None:
    """From here on, what this task sets off belongs to the chain, if the service passes it on."""
    _current.set(header if service in FOLLOWED else "")


def current() -> str:
    """The header of the chain this task belongs to; "" if to none."""
    return _current.get()


class _Message(msgspec.Struct):
    attributes: dict[str, str] = {}


class _Batch(msgspec.Struct):
    messages: list[_Message] = msgspec.field(default_factory=list, name="Records")


def of_batch(event: bytes) -> TraceHeader:
    """The header of a batch of messages: the root of the first, the most turns of all."""
    if b'"AWSTraceHeader"' not in event:
        return TraceHeader()
    try:
        batch = msgspec.json.decode(event, type=_Batch)
    except msgspec.DecodeError:
        return TraceHeader()
    return _together(parse(message.attributes.get("AWSTraceHeader", "")) for message in batch.messages)


def _together(headers: Iterable[TraceHeader]) -> TraceHeader:
    root, lineage = "", dict[str, int]()
    for header in headers:
        root = root or header.root
        for mark, count in header.lineage.items():
            lineage[mark] = max(count, lineage.get(mark, 0))
    return TraceHeader(root=root, lineage=lineage)


class QueueMark:
    """Gives messages that a service sends for a function (SNS, a destination) the header of the chain."""

    def message_arrived(self, queue: object, message: Message) -> None:
        """A message that came with a header of its own keeps it."""
        if message.trace_header is None and current():
            message.trace_header = current()

    def message_received(self, queue: object, received: object) -> None:
        """Nothing is marked here."""

    def message_deleted(self, queue: object, message: object) -> None:
        """Nothing is marked here."""
