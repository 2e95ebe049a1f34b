"""Recommendations: who drinks what, what is bought together, what was drunk last."""

import os
from typing import Any

import coffee
from counting import Tally, count_once
from queue_batch import each_order

table_name = os.environ["TASTES_TABLE"]


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch from RecommendationsQueue."""
    return each_order(event, remember)


def remember(order: dict[str, Any]) -> None:
    """Counts and notes the last drink, all in one transaction."""
    drink = coffee.last_drink(order)
    count_once(table_name, order["order_id"], tally_of(order), [last_drink(order, drink)] if drink else [])


def last_drink(order: dict[str, Any], drink: str) -> dict[str, Any]:
    """The newest order wins, whenever it arrives."""
    return {
        "Update": {
            "TableName": table_name,
            "Key": {"pk": {"S": f"customer#{order['customer_id']}"}, "sk": {"S": "last"}},
            "UpdateExpression": "SET latest = :latest, product = :product",
            "ConditionExpression": "attribute_not_exists(latest) OR latest < :latest",
            "ExpressionAttributeValues": {
                ":latest": {"S": f"{order['ordered_at']}#{order['order_id']}"},
                ":product": {"S": drink},
            },
        }
    }


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
