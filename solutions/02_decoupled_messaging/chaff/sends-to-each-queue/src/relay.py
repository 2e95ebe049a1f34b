"""Reads the stream of the members' table, and sends each change to Billing and Access.

Where it fails or dies, Lambda hands it the same records again, for up to a day. Then an event
is sent twice, and is the same event: everything in it comes from the record.
"""

import json
import os
from typing import Any

import boto3

_QUEUE_URLS = (os.environ["BILLING_QUEUE_URL"], os.environ["ACCESS_QUEUE_URL"])
_sqs = boto3.client("sqs")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sends in the order of the stream, and says where to go on if SQS refuses."""
    for record in event["Records"]:
        try:
            _send(record["dynamodb"])
        except Exception as error:
            print(f"Not sent yet: {error}")
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _send(written: dict[str, Any]) -> None:
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
    for queue_url in _QUEUE_URLS:
        _sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps(changed))
