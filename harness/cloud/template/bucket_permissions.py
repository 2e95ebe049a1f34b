"""Whether S3 may send where a bucket's notifications go, at the moment the bucket is created.

S3 checks each target when the configuration is written, so the permission or policy has to be
there before the bucket: CloudFormation knows that order only from a reference or a DependsOn.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
and https://repost.aws/knowledge-center/unable-validate-destination-s3
"""

from collections.abc import Mapping
from typing import Any

from harness.cloud.resource_policies import Access, allows, statements_of
from harness.cloud.template.buckets import bucket_of_event
from harness.cloud.template.errors import TemplateError
from harness.cloud.template.model_bucket import BucketSpec, NotificationSpec
from harness.cloud.template.schema import FUNCTION, PERMISSION
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import Place

PAGE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"
S3 = "s3.amazonaws.com"
_INVOKING = ("lambda:InvokeFunction", "lambda:*", "*")
_POLICIES = {
    "Queue": ("AWS::SQS::QueuePolicy", "Queues", "sqs:SendMessage"),
    "Topic": ("AWS::SNS::TopicPolicy", "Topics", "sns:Publish"),
}


class DestinationNotPermitted(TemplateError):
    """Unable to validate the following destination configurations."""


def refuse_unpermitted(specs: Mapping[str, BucketSpec], stack: Stack, needs: Mapping[str, Mapping[str, Place]]) -> None:
    """Every target lets S3 send to it before the bucket is created.

    Args:
        needs: for each resource those that are created before it.

    Raises:
        DestinationNotPermitted: names what is missing, and the line.
    """
    for logical_id, spec in specs.items():
        bucket = stack.resources[logical_id]
        before = _before(logical_id, needs)
        for notification in spec.notifications:
            granting = _granting(notification, bucket, stack)
            if granting is not None and not before.intersection(granting):
                raise _refusal(notification, bucket, granting, stack)


def _before(logical_id: str, needs: Mapping[str, Mapping[str, Place]]) -> set[str]:
    found: set[str] = set()
    waiting = [logical_id]
    while waiting:
        for needed in needs.get(waiting.pop(), {}):
            if needed not in found:
                found.add(needed)
                waiting.append(needed)
    return found


def _granting(notification: NotificationSpec, bucket: Resource, stack: Stack) -> list[str] | None:
    """The resources that permit it; None: SAM makes the permission, and makes it first."""
    if notification.kind != "Lambda":
        return [each.logical_id for each in stack.of(_POLICIES[notification.kind][0]) if _permits(
            each, notification, bucket, stack
        )]  # fmt: skip
    function = stack.named(notification.target_arn, (FUNCTION,), bucket.spot())
    if any(event.kind == "S3" and bucket_of_event(event, stack) is bucket for event in function.events):
        return None
    return [each.logical_id for each in stack.of(PERMISSION) if _lets_invoke(each, notification, bucket, stack)]


def _lets_invoke(permission: Resource, notification: NotificationSpec, bucket: Resource, stack: Stack) -> bool:
    properties = permission.properties
    function = stack.named(notification.target_arn, (FUNCTION,), bucket.spot())
    names = (notification.target_arn, stack.attribute(function.logical_id, "Arn"), stack.name(function.logical_id))
    return (
        properties.get("Principal") == S3
        and properties.get("Action") in _INVOKING
        and properties.get("FunctionName") in names
        and properties.get("SourceArn") in (None, stack.attribute(bucket.logical_id, "Arn"))
        and str(properties.get("SourceAccount", stack.references.account_id)) == stack.references.account_id
    )


def _permits(policy: Resource, notification: NotificationSpec, bucket: Resource, stack: Stack) -> bool:
    _, key, action = _POLICIES[notification.kind]
    named = policy.properties.get(key, ())
    target = stack.named(notification.target_arn, (_type_of(notification),), bucket.spot())
    if stack.ref(target.logical_id) not in (named if isinstance(named, list) else [named]):
        return False
    access = Access(
        service=S3,
        action=action,
        resource=notification.target_arn,
        source_arn=stack.attribute(bucket.logical_id, "Arn"),
        source_account=stack.references.account_id,
    )
    return allows(statements_of(policy.properties.get("PolicyDocument")), access)


def _type_of(notification: NotificationSpec) -> str:
    return {"Queue": "AWS::SQS::Queue", "Topic": "AWS::SNS::Topic"}[notification.kind]


def _refusal(notification: NotificationSpec, bucket: Resource, granting: list[str], stack: Stack) -> TemplateError:
    kind = _POLICIES[notification.kind][0] if notification.kind != "Lambda" else PERMISSION
    happened = "Unable to validate the following destination configurations: "
    place: dict[str, Any] = {"line": notification.line or bucket.place.line, "see": PAGE}
    if granting:
        return DestinationNotPermitted(
            f"{happened}{granting[0]} lets {bucket.logical_id} send to {notification.target_arn}, and nothing says "
            "that it is created first.",
            expected=f"{granting[0]} before {bucket.logical_id}: S3 checks when the bucket is created",
            try_=f"DependsOn: {granting[0]} on {bucket.logical_id}",
            **place,
        )
    return DestinationNotPermitted(
        f"{happened}{bucket.logical_id} may not send to {notification.target_arn}.",
        expected=f"an {kind} that allows it to the principal {S3}, on whose creation the bucket depends",
        try_="aws:SourceAccount as its condition: the bucket's own ARN would make a circle"
        if notification.kind != "Lambda"
        else "an S3 event of the function in its place: SAM then adds the permission",
        **place,
    )
