"""Every minute: publishes what stands in the outbox, and takes out what SNS has accepted.

Two sweeps at once only publish an event twice. One that dies leaves the rest to the next.
"""

import json
import os
from typing import Any

import boto3

_TOPIC_ARN, _OUTBOX_TABLE = os.environ["TOPIC_ARN"], os.environ["OUTBOX_TABLE"]
_MOST_ENTRIES = 10
_sns, _dynamodb = boto3.client("sns"), boto3.client("dynamodb")


def handler(event: dict[str, Any], context: Any) -> None:
    """Works off the outbox as it is now, by member and version."""
    pages = _dynamodb.get_paginator("scan").paginate(TableName=_OUTBOX_TABLE, ConsistentRead=True)
    changes = [json.loads(item["event"]["S"]) for page in pages for item in page["Items"]]
    changes.sort(key=lambda change: (change["version"], change["member_id"]))
    for start in range(0, len(changes), _MOST_ENTRIES):
        _publish(changes[start : start + _MOST_ENTRIES])


def _publish(changes: list[dict[str, Any]]) -> None:
    """Publishes a batch; what was refused in it stays for the next sweep."""
    entries = [_entry(str(number), change) for number, change in enumerate(changes)]
    answer = _sns.publish_batch(TopicArn=_TOPIC_ARN, PublishBatchRequestEntries=entries)
    for accepted in answer.get("Successful", []):
        event_id = changes[int(accepted["Id"])]["event_id"]
        _dynamodb.delete_item(TableName=_OUTBOX_TABLE, Key={"event_id": {"S": event_id}})


def _entry(entry_id: str, change: dict[str, Any]) -> dict[str, Any]:
    attributes = {name: {"DataType": "String", "StringValue": change[name]} for name in ("event_type", "plan")}
    return {"Id": entry_id, "Message": json.dumps(change), "MessageAttributes": attributes}
