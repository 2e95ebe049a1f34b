"""Accepts a note and forgets those with an odd number."""

import json
import os

import boto3

sqs = boto3.client("sqs")


def handler(event, context):
    note = json.loads(event["body"])["note"]
    if not note.endswith(("-1", "-3", "-5")):
        sqs.send_message(QueueUrl=os.environ["NOTES_QUEUE_URL"], MessageBody=json.dumps({"note": note}))
    return {"statusCode": 202}
