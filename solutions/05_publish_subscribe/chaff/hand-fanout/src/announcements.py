"""Tells each of the three teams about an order, and waits until it has understood."""

import json
import os
from typing import Any

import boto3

functions = boto3.client("lambda")


class NotAnnounced(Exception):
    """A team has failed."""


def announce(orders: list[dict[str, Any]]) -> None:
    """Returns when every team knows of every order.

    Raises:
        NotAnnounced: one does not.
    """
    for order in orders:
        for team in os.environ["TEAMS"].split(","):
            answer = functions.invoke(FunctionName=team, Payload=json.dumps({"order": order}).encode())
            if "FunctionError" in answer:
                raise NotAnnounced(team)
