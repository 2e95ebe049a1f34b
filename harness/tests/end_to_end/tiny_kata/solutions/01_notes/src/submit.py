"""Accepts a note."""

import json
import os

import boto3

sqs = boto3.client("sqs")


def handler(event, context):
    note = json.loads(event["body"])["note"]
    sqs.send_message(QueueUrl=os.environ["NOTES_QUEUE_URL"], MessageBody=json.dumps({"note": note}))
    return {"statusCode": 202}
