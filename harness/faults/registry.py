"""FAULTS: every fault there is, by name. Start here."""

from harness.faults.base import Fault
from harness.faults.delivery import DuplicateDelivery, PoisonMessage, Reordering
from harness.faults.downstream import (
    DownstreamFails,
    DownstreamHangs,
    DownstreamRefuses,
    DownstreamSlow,
    LateCommit,
)
from harness.faults.environment import CrashAfterCall, HandlerTimeout, KillOnMatch
from harness.faults.service import (
    BatchPartialFailure,
    EventuallyConsistentRead,
    LostReply,
    ServiceError,
    ThrottledCall,
)

AnyFault = (
    DuplicateDelivery
    | Reordering
    | PoisonMessage
    | CrashAfterCall
    | KillOnMatch
    | HandlerTimeout
    | ThrottledCall
    | ServiceError
    | LostReply
    | BatchPartialFailure
    | EventuallyConsistentRead
    | DownstreamSlow
    | DownstreamHangs
    | DownstreamFails
    | DownstreamRefuses
    | LateCommit
)

FAULTS: dict[str, type[Fault]] = {fault.name(): fault for fault in AnyFault.__args__}
"""Every fault by its name, in the order of the catalogue."""
