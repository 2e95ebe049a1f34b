"""Leaderboard: the tally of each month."""

import os
from typing import Any

import coffee
from counting import Tally, count_once
from queue_batch import each_order

table_name = os.environ["LEADERBOARD_TABLE"]


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Takes a batch from LeaderboardQueue."""
    return each_order(event, count)


def count(order: dict[str, Any]) -> None:
    """Counts an order in the month in which it was ordered."""
    tally = Tally()
    for kind, name, quantity in coffee.sales(order):
        tally.add(coffee.month(order), f"{kind}#{name}", quantity)
    count_once(table_name, order["order_id"], tally)
