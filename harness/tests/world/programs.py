"""Handlers of small worlds."""

import json
from typing import Any

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.tests.fakes import Script, aws, sleep
from harness.tests.world.conftest import SmallWorld


def queue_url(name: str) -> str:
    """The URL of a queue."""
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT_ID}/{name}"


def submit(event: Any) -> Script:
    """Takes an order over HTTP and queues it; the queue's URL is in the request."""
    if event["routeKey"].startswith("GET"):
        return {"statusCode": 200, "body": json.dumps({"id": event["pathParameters"]["id"]})}
    order = json.loads(event["body"])
    yield aws("sqs.SendMessage", QueueUrl=order["queue"], MessageBody=json.dumps({"id": order["id"]}))
    return {"statusCode": 202, "headers": {"Location": f"/orders/{order['id']}"}}


def work(event: Any) -> Script:
    """Takes its time; a body that is no JSON fails."""
    for record in event["Records"]:
        json.loads(record["body"])
    yield sleep(1)


def fail_poison(event: Any) -> Script:
    """Reports what it cannot read."""
    failures = []
    for record in event["Records"]:
        try:
            json.loads(record["body"])
        except ValueError:
            failures.append({"itemIdentifier": record["messageId"]})
    yield sleep(0.1)
    return {"batchItemFailures": failures}


def order(small: SmallWorld, id_: str) -> dict[str, str]:
    """An order, with the queue it is to go to."""
    return {"id": id_, "queue": queue_url(small.world.queue("Orders").watch.queue.name)}
