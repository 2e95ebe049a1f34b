"""Item operations as DynamoDB meters them: what they consume, who is throttled, who conflicts.

The work itself is moto's. It is done first and then measured; if there are no units for it, it
is undone, and the stream has not heard of it. So a call is refused by the same numbers that it
would have been charged.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from harness.cloud import item_errors
from harness.cloud.account import Account
from harness.cloud.consumed_capacity import with_body, with_consumed
from harness.cloud.item_targets import Parameters, Target, strength_of, targets_of, unfiltered
from harness.cloud.operations import parameters_of
from harness.cloud.table_capacity import Refusal, TableCapacity
from harness.cloud.table_items import TableItems, TableShape, table_name
from harness.cloud.table_sizes import TRANSACTIONAL, Item
from harness.cloud.table_transactions import TokenReused, Transactions
from harness.cloud.table_units import Consumption, Units, of_get, of_scanned, of_write
from harness.simulation.clock import Clock
from harness.simulation.wire import Call, Reply

CarryOut = Callable[[Call], Reply]

_BATCH_WRITES = 25
_CONDITION_FAILED = (b"ConditionalCheckFailedException", b"TransactionCanceledException")


class ItemCalls:
    """Stands around whoever carries item operations out.

    Attributes:
        items: the tables' items.
        capacity: the limits on throughput.
        consumption: what each call consumed, in their order.
        on_written: told of each item written: table, key, and the item as it now is.
    """

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self.items = TableItems(account)
        self.capacity = TableCapacity(clock, self.items.shape)
        self.consumption: list[Consumption] = []
        self.on_written: list[Callable[[TableShape, Item, Item | None], None]] = []
        self._transactions = Transactions(clock)

    def answer(self, call: Call, carry_out: CarryOut) -> Reply:
        """The answer to a call, of which `carry_out` does the work."""
        parameters = parameters_of(call.request.body)
        if call.operation in ("Query", "Scan"):
            return self._scan(call, parameters, carry_out)
        targets = targets_of(call.operation, parameters, self.items)
        if not targets:
            return carry_out(call)
        match call.operation:
            case "GetItem" | "TransactGetItems":
                return self._get(call, parameters, targets, carry_out)
            case "BatchGetItem":
                return self._get_batch(call, parameters, targets, carry_out)
            case "BatchWriteItem":
                return self._write_batch(call, parameters, targets, carry_out)
            case "TransactWriteItems":
                return self._transact(call, parameters, targets, carry_out)
        return self._write(call, parameters, targets, carry_out)

    # ---- writes --------------------------------------------------------------------------------

    def _transact(self, call: Call, parameters: Parameters, targets: list[Target], carry_out: CarryOut) -> Reply:
        try:
            earlier = self._transactions.earlier(parameters)
        except TokenReused:
            return item_errors.token_reused()
        if earlier is not None:  # the same call again reads, and changes nothing
            found = [self.items.get(target.shape, target.key) for target in targets]
            read = [of_get(t.shape, item, t.key, TRANSACTIONAL) for t, item in zip(targets, found, strict=True)]
            return self._charged(call, parameters, read, earlier)
        reply = self._write(call, parameters, targets, carry_out)
        if reply.status == 200:
            self._transactions.remember(parameters, reply)
        return reply

    def _write(self, call: Call, parameters: Parameters, targets: list[Target], carry_out: CarryOut) -> Reply:
        in_transaction = call.operation == "TransactWriteItems"
        places = [target.place for target in targets]
        conflicts = self._transactions.conflicts(places, call.operation)
        if any(conflicts):
            return item_errors.cancelled(conflicts) if in_transaction else item_errors.in_conflict()
        before, streams = self._look(targets), self._streams(targets)
        reply = carry_out(call)
        after = self._look(targets)
        if reply.status != 200:
            self._undo(targets, before, after, streams)
            if not any(code in reply.body for code in _CONDITION_FAILED):
                return reply
            after = before
        each = [
            of_write(target.shape, old, new, target.key, transactional=in_transaction)
            for target, old, new in zip(targets, before, after, strict=True)
        ]
        consumed = [units for one in each for units in one]
        if refusal := self.capacity.take(consumed):
            self._undo(targets, before, after, streams)
            return _refused(refusal, each, in_transaction=in_transaction)
        if reply.status == 200:
            self._written(call, targets, after, streams)
        return self._charged(call, parameters, consumed, reply)

    def _write_batch(self, call: Call, parameters: Parameters, targets: list[Target], carry_out: CarryOut) -> Reply:
        """Each entry for itself: what there are no units for is left unprocessed.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
        """
        if len(targets) > _BATCH_WRITES:
            return item_errors.invalid("Too many items requested for the BatchWriteItem call")
        if len({target.place for target in targets}) < len(targets):
            return item_errors.invalid("Provided list of item keys contains duplicates")
        before = self._look(targets)
        each = [of_write(t.shape, old, t.new, t.key) for t, old in zip(targets, before, strict=True)]
        kept, left, consumed, refusal = self._split(targets, each)
        if refusal is not None and not kept:
            return item_errors.throttled(refusal)
        streams = self._streams(kept)
        reply = carry_out(_with(call, {**parameters, "RequestItems": _requests(kept)}) if left else call)
        if reply.status != 200:
            self.capacity.give_back(consumed)
            return reply
        self._written(call, kept, [target.new for target in kept], streams)
        if left:
            reply = with_body(reply, {**json.loads(reply.body), "UnprocessedItems": _requests(left)})
        return self._charged(call, parameters, consumed, reply)

    def _written(self, call: Call, targets: list[Target], after: list[Item | None], streams: "_Streams") -> None:
        for shape, length in streams.values():
            self.items.tidy_stream(shape, length)
        self._transactions.written([target.place for target in targets], call.operation)
        for target, item in zip(targets, after, strict=True):
            for tell in self.on_written:
                tell(target.shape, target.key, item)

    def _look(self, targets: list[Target]) -> list[Item | None]:
        return [self.items.get(target.shape, target.key) for target in targets]

    def _streams(self, targets: list[Target]) -> "_Streams":
        shapes = {target.shape.name: target.shape for target in targets}
        return {name: (shape, self.items.stream_length(shape)) for name, shape in shapes.items()}

    def _undo(
        self, targets: list[Target], before: list[Item | None], after: list[Item | None], streams: "_Streams"
    ) -> None:
        for target, old, new in zip(targets, before, after, strict=True):
            if old != new:
                self.items.put_back(target.shape, target.key, old)
        for shape, length in streams.values():
            self.items.cut_stream(shape, length)

    # ---- reads ---------------------------------------------------------------------------------

    def _get(self, call: Call, parameters: Parameters, targets: list[Target], carry_out: CarryOut) -> Reply:
        in_transaction = call.operation == "TransactGetItems"
        if in_transaction:
            conflicts = self._transactions.conflicts([target.place for target in targets], call.operation)
            if any(conflicts):
                return item_errors.cancelled(conflicts)
        each = [[units] for units in self._units_read(targets)]
        consumed = [units for one in each for units in one]
        if refusal := self.capacity.take(consumed):
            return _refused(refusal, each, in_transaction=in_transaction)
        reply = carry_out(call)
        if reply.status != 200:
            self.capacity.give_back(consumed)
            return reply
        return self._charged(call, parameters, consumed, reply, items_read=len(targets))

    def _get_batch(self, call: Call, parameters: Parameters, targets: list[Target], carry_out: CarryOut) -> Reply:
        """Each key for itself: what there are no units for is left unprocessed.

        Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
        """
        kept, left, consumed, refusal = self._split(targets, [[units] for units in self._units_read(targets)])
        if refusal is not None and not kept:
            return item_errors.throttled(refusal)
        asked = parameters["RequestItems"]
        reply = carry_out(_with(call, {**parameters, "RequestItems": _keys(asked, kept)}) if left else call)
        if reply.status != 200:
            self.capacity.give_back(consumed)
            return reply
        if left:
            reply = with_body(reply, {**json.loads(reply.body), "UnprocessedKeys": _keys(asked, left)})
        return self._charged(call, parameters, consumed, reply, items_read=len(kept))

    def _units_read(self, targets: list[Target]) -> list[Units]:
        found = self._look(targets)
        return [of_get(t.shape, item, t.key, t.strength) for t, item in zip(targets, found, strict=True)]

    def _scan(self, call: Call, parameters: Parameters, carry_out: CarryOut) -> Reply:
        """A Query or Scan is charged for what it looked at, whatever its filter kept."""
        reply = carry_out(call)
        shape = self.items.shape(table_name(str(parameters.get("TableName", ""))))
        if reply.status != 200 or shape is None:
            return reply
        wide = unfiltered(parameters)
        seen = reply if wide is None else self._account.answer(_with(call, wide).request)
        items = json.loads(seen.body).get("Items", []) if seen.status == 200 else []
        index, is_query = str(parameters.get("IndexName", "")), call.operation == "Query"
        units = of_scanned(shape, index, items, strength_of(parameters), query=is_query)
        if refusal := self.capacity.take([units]):
            return item_errors.throttled(refusal)
        return self._charged(call, parameters, [units], reply, items_read=len(items))

    # ---- both ----------------------------------------------------------------------------------

    def _split(
        self, targets: list[Target], each: Sequence[list[Units]]
    ) -> tuple[list[Target], list[Target], list[Units], Refusal | None]:
        """The entries for which there are units, those for which there are none, and the units taken."""
        kept: list[Target] = []
        left: list[Target] = []
        consumed: list[Units] = []
        refusal = None
        for target, units in zip(targets, each, strict=True):
            if refused := self.capacity.take(units):
                refusal = refused
                left.append(target)
            else:
                kept.append(target)
                consumed += units
        return kept, left, consumed, refusal

    def _charged(
        self, call: Call, parameters: Parameters, consumed: list[Units], reply: Reply, *, items_read: int = 0
    ) -> Reply:
        self.consumption.append(
            Consumption(
                call=call.id,
                at_us=self._clock.now_us,
                function=call.caller.function,
                request_id=call.caller.request_id,
                operation=call.operation,
                units=tuple(consumed),
                items_read=items_read,
            )
        )
        return with_consumed(reply, call.operation, parameters, consumed)


_Streams = dict[str, tuple[TableShape, int]]
"""Tables by name, and how many records their streams had."""


def _refused(refusal: Refusal, each: Sequence[list[Units]], *, in_transaction: bool) -> Reply:
    if in_transaction:
        return item_errors.cancelled_by_throttling([refusal.hits(units) for units in each])
    return item_errors.throttled(refusal)


def _with(call: Call, parameters: Parameters) -> Call:
    request = msgspec.structs.replace(call.request, body=json.dumps(parameters).encode())
    return msgspec.structs.replace(call, request=request)


def _requests(targets: list[Target]) -> dict[str, list[Any]]:
    by_table: dict[str, list[Any]] = {}
    for target in targets:
        table, request = target.request
        by_table.setdefault(table, []).append(request)
    return by_table


def _keys(asked: dict[str, Any], targets: list[Target]) -> dict[str, Any]:
    keys: dict[str, list[Any]] = {}
    for target in targets:
        table, key = target.request
        keys.setdefault(table, []).append(key)
    return {table: {**asked[table], "Keys": found} for table, found in keys.items()}
