"""Publishes each change that the stream of the members' table shows."""

import json
import os
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

processor = BatchProcessor(event_type=EventType.DynamoDBStreams)
sns = boto3.client("sns")


def publish(record: DynamoDBRecord) -> None:
    """The change in this record is on the topic."""
    assert record.dynamodb is not None
    new, old = record.dynamodb.new_image, record.dynamodb.old_image or {}
    change = {
        "event_id": f"{new['member_id']}:{new['version']}",
        "event_type": "MemberChanged",
        "schema_version": 1,
        "occurred_at": new["occurred_at"],
        "member_id": new["member_id"],
        "version": int(new["version"]),
        "plan": new["plan"],
        "previous_plan": old.get("plan"),
    }
    attributes = {name: {"DataType": "String", "StringValue": change[name]} for name in ("event_type", "plan")}
    sns.publish(TopicArn=os.environ["TOPIC_ARN"], Message=json.dumps(change), MessageAttributes=attributes)


def handler(event: dict[str, Any], context: Any) -> Any:
    """What fails, and what is behind it, comes again."""
    return process_partial_response(event=event, record_handler=publish, processor=processor, context=context)
