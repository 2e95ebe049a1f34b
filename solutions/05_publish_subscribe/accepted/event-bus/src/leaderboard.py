"""Leaderboard: the tally of a month is one item, raised by one update that also notes whose order it was.

`ADD` does not reach into maps, so each counter is an attribute of its own ("origin#yirgacheffe").
The set of orders seen has its limit at 400 KB: some 5,000 orders a month, or 2,000 with the longest ids.
"""

import contextlib
import os
from collections import Counter
from typing import Any

import boto3

import coffee
from queue_batch import each_order

table = boto3.resource("dynamodb").Table(os.environ["LEADERBOARD_TABLE"])
seen_already = table.meta.client.exceptions.ConditionalCheckFailedException


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch from LeaderboardQueue."""
    return each_order(event, count)


def count(order: dict[str, Any]) -> None:
    """Counts an order unless it is in the month's set."""
    sums: Counter[str] = Counter()
    for kind, name, quantity in coffee.sales(order):
        sums[f"{kind}#{name}"] += quantity
    raised = ", ".join(f"#n{number} :n{number}" for number in range(len(sums)))
    with contextlib.suppress(seen_already):
        table.update_item(
            Key={"month": coffee.month(order)},
            UpdateExpression=f"ADD seen :order, {raised}",
            ConditionExpression="NOT contains(seen, :id)",
            ExpressionAttributeNames={f"#n{number}": name for number, name in enumerate(sums)},
            ExpressionAttributeValues={
                ":order": {order["order_id"]},
                ":id": order["order_id"],
                **{f":n{number}": quantity for number, quantity in enumerate(sums.values())},
            },
        )
