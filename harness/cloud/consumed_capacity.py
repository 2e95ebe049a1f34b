"""What answers say of consumed capacity: the units, if the request asks for them; else nothing.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from harness.cloud.table_units import Units
from harness.simulation.wire import Reply

_LISTED = ("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems")
_MOTO_SAYS = ("ConsumedCapacity", "ConsumedCapacityUnits")


def with_consumed(reply: Reply, operation: str, parameters: dict[str, Any], consumed: Sequence[Units]) -> Reply:
    """The answer with the right numbers in the place of moto's."""
    level = parameters.get("ReturnConsumedCapacity", "NONE")
    asked = level in ("TOTAL", "INDEXES")
    if reply.status != 200 or not (asked or b"ConsumedCapacity" in reply.body):
        return reply
    body = {name: value for name, value in json.loads(reply.body).items() if name not in _MOTO_SAYS}
    if asked:
        tables = list(dict.fromkeys(units.table for units in consumed))
        shown = [_of_table(table, consumed, operation, level) for table in tables]
        if operation in _LISTED:
            body["ConsumedCapacity"] = shown
        elif shown:
            body["ConsumedCapacity"] = shown[0]
    return with_body(reply, body)


def with_body(reply: Reply, body: dict[str, Any]) -> Reply:
    """The answer with another body."""
    headers = {name: value for name, value in reply.headers.items() if name not in ("x-amz-crc32", "content-length")}
    return msgspec.structs.replace(reply, headers=headers, body=json.dumps(body).encode())


def _of_table(table: str, consumed: Sequence[Units], operation: str, level: str) -> dict[str, Any]:
    own = [units for units in consumed if units.table == table]
    shown: dict[str, Any] = {"TableName": table, **_amounts(own, operation)}
    if level == "INDEXES":
        shown["Table"] = _amounts([units for units in own if not units.index], operation)
        for name, is_global in (("GlobalSecondaryIndexes", True), ("LocalSecondaryIndexes", False)):
            indexes = list(dict.fromkeys(each.index for each in own if each.index and each.is_global is is_global))
            if indexes:
                shown[name] = {
                    index: _amounts([each for each in own if each.index == index], operation) for index in indexes
                }
    return shown


def _amounts(consumed: Sequence[Units], operation: str) -> dict[str, float]:
    """All units; those of transactions also apart, as read and write units."""
    amounts = {"CapacityUnits": _sum(consumed)}
    if operation.startswith("Transact"):
        kinds = {"read": "ReadCapacityUnits", "write": "WriteCapacityUnits"}
        for kind, name in kinds.items():
            if found := [units for units in consumed if units.kind == kind]:
                amounts[name] = _sum(found)
    return amounts


def _sum(consumed: Sequence[Units]) -> float:
    return float(sum(units.units for units in consumed))
