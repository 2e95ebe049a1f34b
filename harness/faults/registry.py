"""FAULTS: every fault there is, by name. Start here."""

from harness.faults.athena import QueryFails, QueryHeld
from harness.faults.backlog import OldMessages, RetentionRunsOut
from harness.faults.base import Fault
from harness.faults.buckets import NotificationDuplicated, NotificationHeld, NotificationsReordered
from harness.faults.delivery import DuplicateDelivery, PoisonMessage, Reordering
from harness.faults.downstream import (
    DownstreamFails,
    DownstreamHangs,
    DownstreamRefuses,
    DownstreamSlow,
    LateCommit,
)
from harness.faults.downstream_answers import DownstreamGarbage, DownstreamTrickles, SchemaDrift
from harness.faults.downstream_traffic import (
    DownstreamErrorRate,
    DownstreamFlaps,
    DownstreamLongTail,
    DownstreamRateLimit,
    DownstreamUnreachable,
)
from harness.faults.environment import CrashAfterCall, FunctionStalls, HandlerTimeout, KillOnMatch
from harness.faults.event_bus import EventDuplicated, EventEntryFails, EventHeldBack, EventTargetDown
from harness.faults.functions import DuplicateEvent, EnvironmentRecycled, FunctionExits, InvocationRefused
from harness.faults.graph import GraphConflict, WriterBecameReader
from harness.faults.meeting import CallsMeet
from harness.faults.recycling import ClockSkew, ColdStartStorm
from harness.faults.region import CallHeld, CredentialsExpired, RegionErrorBurst
from harness.faults.search import PartialSearch
from harness.faults.service import (
    BatchPartialFailure,
    EventuallyConsistentRead,
    LostReply,
    ServiceError,
    SilentCall,
    ThrottledCall,
    TransactionsConflict,
)
from harness.faults.streams import DuplicateBatch, PoisonRecord, PutRefused, StreamForgets
from harness.faults.topics import PublishRefused, SubscriberDown, TopicDelay, TopicDuplicate

AnyFault = (
    DuplicateDelivery
    | Reordering
    | PoisonMessage
    | TopicDuplicate
    | TopicDelay
    | SubscriberDown
    | PublishRefused
    | PutRefused
    | DuplicateBatch
    | PoisonRecord
    | StreamForgets
    | OldMessages
    | RetentionRunsOut
    | CrashAfterCall
    | KillOnMatch
    | HandlerTimeout
    | FunctionStalls
    | DuplicateEvent
    | InvocationRefused
    | FunctionExits
    | EnvironmentRecycled
    | ColdStartStorm
    | ClockSkew
    | ThrottledCall
    | ServiceError
    | RegionErrorBurst
    | CredentialsExpired
    | CallHeld
    | LostReply
    | SilentCall
    | TransactionsConflict
    | CallsMeet
    | BatchPartialFailure
    | EventuallyConsistentRead
    | DownstreamSlow
    | DownstreamHangs
    | DownstreamFails
    | DownstreamRefuses
    | DownstreamLongTail
    | DownstreamErrorRate
    | DownstreamRateLimit
    | DownstreamFlaps
    | DownstreamUnreachable
    | DownstreamGarbage
    | DownstreamTrickles
    | SchemaDrift
    | LateCommit
    | PartialSearch
    | QueryHeld
    | QueryFails
    | GraphConflict
    | WriterBecameReader
    | EventDuplicated
    | EventHeldBack
    | EventTargetDown
    | EventEntryFails
    | NotificationDuplicated
    | NotificationsReordered
    | NotificationHeld
)

FAULTS: dict[str, type[Fault]] = {fault.name(): fault for fault in AnyFault.__args__}
"""Every fault by its name, in the order of the catalogue."""
