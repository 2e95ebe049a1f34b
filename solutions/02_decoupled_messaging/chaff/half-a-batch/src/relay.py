"""Reads the stream of the members' table, and publishes each change.

Where it fails or dies, Lambda hands it the same records again, for up to a day. Then an event
is published twice, and is the same event: everything in it comes from the record.
"""

import json
import os
from typing import Any

import boto3

_TOPIC_ARN = os.environ["TOPIC_ARN"]
_sns = boto3.client("sns")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Publishes what the stream gives, ten in a call. The client raises if that cannot be done."""
    entries = [_entry(number, record["dynamodb"]) for number, record in enumerate(event["Records"])]
    _sns.publish_batch(TopicArn=_TOPIC_ARN, PublishBatchRequestEntries=entries)
    return {"batchItemFailures": []}


def _entry(number: int, written: dict[str, Any]) -> dict[str, Any]:
    new, old = written["NewImage"], written.get("OldImage")
    member_id, version = new["member_id"]["S"], int(new["version"]["N"])
    changed = {
        "event_id": f"{member_id}#{version}",
        "event_type": "MemberChanged",
        "schema_version": 1,
        "occurred_at": new["changed_at"]["S"],
        "member_id": member_id,
        "version": version,
        "plan": new["plan"]["S"],
        "previous_plan": old["plan"]["S"] if old else None,
    }
    return {
        "Id": str(number),
        "Message": json.dumps(changed),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": changed[name]} for name in ("event_type", "plan")
        },
    }
