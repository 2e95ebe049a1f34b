"""Recommendations: who drinks what, what is bought together, what was drunk last."""

import contextlib
import os
from typing import Any

import boto3

import coffee
from counting import Tally, count_once
from inbox_stream import each_order

table_name = os.environ["TASTES_TABLE"]
table = boto3.resource("dynamodb").Table(table_name)
is_older = table.meta.client.exceptions.ConditionalCheckFailedException


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes records of the inbox's stream."""
    return each_order(event, remember)


def remember(order: dict[str, Any]) -> None:
    """Notes the last drink, then counts.

    In this order: the note may be made twice and may be refused, the count must be neither. Within the
    transaction an old order would cancel its own counters; after it a crash would skip the note.
    """
    if drink := coffee.last_drink(order):
        note_last_drink(order, drink)
    count_once(table_name, order["order_id"], tally_of(order))


def note_last_drink(order: dict[str, Any], drink: str) -> None:
    """The newest order wins, whenever it arrives."""
    with contextlib.suppress(is_older):
        table.update_item(
            Key={"pk": f"customer#{order['customer_id']}", "sk": "last"},
            UpdateExpression="SET latest = :latest, product = :product",
            ConditionExpression="attribute_not_exists(latest) OR latest < :latest",
            ExpressionAttributeValues={":latest": f"{order['ordered_at']}#{order['order_id']}", ":product": drink},
        )


def tally_of(order: dict[str, Any]) -> Tally:
    """At most 31 items: ten methods twice, and one for each product with all its companions."""
    tally = Tally()
    for kind, name, quantity in coffee.sales(order):
        if kind == "method":
            tally.add(f"customer#{order['customer_id']}", f"method#{name}", quantity)
            tally.add("sales", f"method#{name}", quantity)
    for product, companion in coffee.pairs(order):
        tally.add(f"product#{product}", "pairs", 1, attribute=f"with#{companion}")
    return tally
