"""Counts an order once: its marker and all its counters are one transaction.

The marker says that the order was counted, and stays for ever: a backfill may come years later.
Sums are merged per counter before, because DynamoDB refuses one item twice in a transaction.
"""

import contextlib
from collections import Counter
from typing import Any

import boto3

dynamodb = boto3.client("dynamodb")
cancelled = dynamodb.exceptions.TransactionCanceledException

Key = tuple[str, str]


class Tally:
    """Counters to be raised: by item, and in it by attribute."""

    def __init__(self) -> None:
        self._sums: dict[Key, Counter[str]] = {}

    def add(self, pk: str, sk: str, quantity: int, attribute: str = "quantity") -> None:
        """Raises a counter."""
        self._sums.setdefault((pk, sk), Counter())[attribute] += quantity

    def updates(self, table: str) -> list[dict[str, Any]]:
        """One update per item."""
        return [_update(table, key, sums) for key, sums in self._sums.items()]


def count_once(table: str, order_id: str, tally: Tally) -> None:
    """Returns when the order is counted, now or before.

    Raises:
        TransactionCanceledException: it is not; other transactions were in the way.
    """
    marker = {"pk": {"S": f"order#{order_id}"}, "sk": {"S": "counted"}}
    once = {"TableName": table, "Item": marker, "ConditionExpression": "attribute_not_exists(pk)"}
    actions = [{"Put": once}, *tally.updates(table)]
    with contextlib.suppress(cancelled):  # the marker was there
        dynamodb.transact_write_items(TransactItems=actions)


def _update(table: str, key: Key, sums: Counter[str]) -> dict[str, Any]:
    names = {f"#n{number}": name for number, name in enumerate(sums)}
    values = {f":n{number}": {"N": str(quantity)} for number, quantity in enumerate(sums.values())}
    return {
        "Update": {
            "TableName": table,
            "Key": {"pk": {"S": key[0]}, "sk": {"S": key[1]}},
            "UpdateExpression": "ADD " + ", ".join(f"#n{number} :n{number}" for number in range(len(sums))),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
    }
