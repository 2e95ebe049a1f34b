"""How far each run of the migration has come."""

import json
import os
from dataclasses import dataclass
from typing import Any

import boto3

_TABLE = os.environ["RUNS_TABLE"]
_dynamodb = boto3.client("dynamodb")


@dataclass(frozen=True)
class Progress:
    """Everything up to the cursor is in the bulk queue; [] is the beginning."""

    cursor: list[Any]
    is_complete: bool = False


def read(run_id: str) -> Progress:
    """How far the run has come; one that is new is at the beginning."""
    answer = _dynamodb.get_item(TableName=_TABLE, Key={"run_id": {"S": run_id}}, ConsistentRead=True)
    item = answer.get("Item")
    return Progress(json.loads(item["cursor"]["S"]), item["is_complete"]["BOOL"]) if item else Progress([])


def write(run_id: str, cursor: list[Any], *, is_complete: bool) -> Progress:
    """The run has come so far.

    Two invocations of one run may write in turns. Then the run may seem to be a page or two
    further back than it is, which costs messages twice, never one less: each of them has queued
    everything before its own cursor.
    """
    item = {"run_id": {"S": run_id}, "cursor": {"S": json.dumps(cursor)}, "is_complete": {"BOOL": is_complete}}
    _dynamodb.put_item(TableName=_TABLE, Item=item)
    return Progress(cursor, is_complete)
