"""The resources' own policies, as far as they speak of functions: of queues, topics, buckets and buses.

What such a policy says to AWS services is the business of those that send (`resource_policies`
in the package above, `consent` in the world).

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
"""

from collections.abc import Mapping
from typing import Any

from harness.cloud.permissions.plain import plain_statement, texts
from harness.cloud.permissions.statement import Statement
from harness.cloud.template.schema import BUCKET, EVENT_BUS, QUEUE, TOPIC
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import plain

_POLICIES = {
    "AWS::SQS::QueuePolicy": ("Queues", QUEUE),
    "AWS::SNS::TopicPolicy": ("Topics", TOPIC),
    "AWS::S3::BucketPolicy": ("Bucket", BUCKET),
    "AWS::Events::EventBusPolicy": ("EventBusName", EVENT_BUS),
}
"""Types of policies, the property that names what each is for, and the type of that."""


def resource_policies(stack: Stack) -> dict[str, tuple[Statement, ...]]:
    """Statements with a principal that a function can be, by the ARN of the resource they belong to."""
    found: dict[str, tuple[Statement, ...]] = {}
    for policy in stack.of(*_POLICIES):
        key, kind = _POLICIES[policy.type]
        statements = tuple(each for each in _statements(policy) if each.principals)
        for named in texts(policy.properties.get(key)):
            for resource in stack.of(kind):
                if statements and named in (stack.ref(resource.logical_id), stack.name(resource.logical_id)):
                    arn = stack.attribute(resource.logical_id, "Arn" if kind != TOPIC else "TopicArn")
                    found[arn] = (*found.get(arn, ()), *statements)
    return found


def _statements(policy: Resource) -> list[Statement]:
    document: Any = plain(policy.properties.get("PolicyDocument", policy.properties))
    statements = document.get("Statement", []) if isinstance(document, Mapping) else []
    listed = statements if isinstance(statements, list) else [statements]
    return [plain_statement(each, policy.logical_id, policy.place.line) for each in listed if isinstance(each, Mapping)]
