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
    """Publishes in the order of the stream, and says where to go on if SNS refuses."""
    for record in event["Records"]:
        try:
            _publish(record["dynamodb"])
        except Exception as error:
            print(f"Not published yet: {error}")
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _publish(written: dict[str, Any]) -> None:
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
    _sns.publish(
        TopicArn=_TOPIC_ARN,
        Message=json.dumps(changed),
        MessageGroupId=member_id,  # order within a member, and no further
        MessageDeduplicationId=changed["event_id"],
        MessageAttributes={
            name: {"DataType": "String", "StringValue": changed[name]} for name in ("event_type", "plan")
        },
    )
