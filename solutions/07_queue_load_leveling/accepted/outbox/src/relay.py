"""Reads the stream of the transactions: for each new one, sends its message to IngestQueue.

A record that could not be sent is tried again, and those behind it wait: nothing is lost, and
at worst a message is sent twice, which the consumer does not mind.
"""

import os
from typing import Any

import boto3

_INGEST_QUEUE_URL = os.environ["INGEST_QUEUE_URL"]
_sqs = boto3.client("sqs")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Sends in the order of the stream, and says where to go on if SQS refuses."""
    for record in event["Records"]:
        if record["eventName"] != "INSERT":
            continue
        try:
            body = record["dynamodb"]["NewImage"]["message_body"]["S"]
            _sqs.send_message(QueueUrl=_INGEST_QUEUE_URL, MessageBody=body)
        except Exception as error:
            print(f"Not sent yet: {error}")
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}
