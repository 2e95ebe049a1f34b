"""NEEDS: what a call needs, by service. Start here; a service is a function and a line.

The module of a service is loaded when it is first called.
"""

import functools
import importlib

from harness.cloud.permissions.needs.asked import Reader

NEEDS = {
    "dynamodb": "dynamodb.dynamodb",
    "dynamodbstreams": "dynamodb.streams",
    "sqs": "messaging.sqs",
    "sns": "messaging.sns",
    "events": "messaging.events",
    "scheduler": "messaging.scheduler",
    "s3": "s3.s3",
    "lambda": "compute.lambda_",
    "kinesis": "kinesis.kinesis",
    "ecs": "compute.ecs",
    "elasticloadbalancing": "compute.load_balancing",
    "monitoring": "others.monitoring",
    "logs": "others.logs",
    "athena": "athena.athena",
    "glue": "glue.glue",
    "ssm": "others.ssm",
    "secretsmanager": "others.secrets",
    "states": "others.states",
    "sts": "others.sts",
}
"""Module and function, by the service's name in its endpoint."""


@functools.cache
def reader(service: str) -> Reader:
    """Who says what calls of this service need."""
    module, _, name = NEEDS.get(service, "others.any_other").partition(".")
    found: Reader = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    return found
