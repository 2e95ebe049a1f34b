"""Reads the stream of the members' table, and publishes what changed, ten in a call.

What SNS refuses of a batch, and all that came after it, Lambda brings again.
"""

import json
import os
from typing import Any

import boto3

_TOPIC_ARN = os.environ["TOPIC_ARN"]
_sns = boto3.client("sns")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Publishes one batch, and says from where to go on."""
    records = event["Records"]
    entries = [_entry(number, _change(record["dynamodb"])) for number, record in enumerate(records)]
    answer = _sns.publish_batch(TopicArn=_TOPIC_ARN, PublishBatchRequestEntries=entries)
    refused = [records[int(one["Id"])]["dynamodb"]["SequenceNumber"] for one in answer.get("Failed", [])]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in refused]}


def _change(written: dict[str, Any]) -> dict[str, Any]:
    new, old = written["NewImage"], written.get("OldImage", {})
    return {
        "event_id": f"{new['member_id']['S']}/{new['version']['N']}",
        "event_type": "MemberChanged",
        "schema_version": 1,
        "occurred_at": new["changed_at"]["S"],
        "member_id": new["member_id"]["S"],
        "version": int(new["version"]["N"]),
        "plan": new["plan"]["S"],
        "previous_plan": old.get("plan", {}).get("S"),
    }


def _entry(number: int, change: dict[str, Any]) -> dict[str, Any]:
    attributes = {name: {"DataType": "String", "StringValue": change[name]} for name in ("event_type", "plan")}
    return {"Id": str(number), "Message": json.dumps(change), "MessageAttributes": attributes}
