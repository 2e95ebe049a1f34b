"""S3: the buckets of the template, whom they tell, and what is written to them by an ARN."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.cloud.resources import ResourceRefused, template_file
from harness.cloud.s3.bucket_actions import BucketRefused
from harness.cloud.s3.service import S3Service
from harness.cloud.target_delivery import Parcel
from harness.event_sources.s3 import PRINCIPAL, S3Targets
from harness.functions.context import SECRET_ACCESS_KEY
from harness.simulation.randomness import uuid_from
from harness.world.consent import Consent

if TYPE_CHECKING:
    from harness.world.deployment import Deployment
    from harness.world.destinations import Attributes, Receiver

_FAILED_EVENT = "aws/lambda/async/{function}/{now:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{id}"


def deploy(deployment: Deployment) -> None:
    """Creates the buckets and answers for `s3`."""
    targets = _targets(deployment)
    s3 = S3Service(
        account=deployment.account,
        loop=deployment.loop,
        trace=deployment.trace,
        randomness=deployment.randomness,
        faults=deployment.faults,
        targets=targets,
        deliver=targets.deliver,
        secret=SECRET_ACCESS_KEY,
    )
    deployment.s3 = s3
    deployment.gateway.services["s3"] = s3
    deployment.destinations.register("s3", _destination(deployment, s3))
    for spec in deployment.template.buckets.values():
        try:
            s3.deploy(spec)
        except BucketRefused as error:
            raise ResourceRefused(
                f"S3 refuses the bucket {spec.logical_id}: {error}", file=template_file(spec.line), line=spec.line
            ) from error


def _targets(deployment: Deployment) -> S3Targets:
    template = deployment.template
    consent = Consent(deployment, service=PRINCIPAL)
    for bucket in template.buckets.values():  # the template's reader has seen to their permission
        for notification in bucket.notifications:
            if notification.kind == "Lambda":
                consent.grant(bucket.arn, deployment.functions.find(notification.target_arn).name)

    def permits(action: str, arn: str, bucket_arn: str) -> bool:
        return consent.allows(action, arn, Parcel(arn=arn, text="", sender=bucket_arn, cause=""))

    labels = {spec.arn: logical_id for logical_id, spec in template.queues.items()}
    return S3Targets(
        functions=deployment.functions,
        asynchronous=deployment.asynchronous,
        sqs=deployment.sqs,
        sns=deployment.sns,
        put=deployment.events.put,
        permits=permits,
        labels=labels | {spec.arn: logical_id for logical_id, spec in template.topics.items()},
    )


def _destination(deployment: Deployment, s3: S3Service) -> Receiver:
    """Writes what an on-failure destination gets as an object, under the name that Lambda gives it.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    chance = deployment.randomness.stream("s3/destination")

    def receive(arn: str, text: str, attributes: Attributes) -> None:
        _, key = attributes.get("ObjectKey", ("", ""))
        if not key:
            function = str(json.loads(text).get("requestContext", {}).get("functionArn", "")).split(":")[6:7]
            now = deployment.loop.clock.utcnow()
            key = _FAILED_EVENT.format(function="".join(function), now=now, id=uuid_from(chance))
        s3.put(arn.rpartition(":")[2], key, text.encode(), {"content-type": "application/json"}, "lambda")

    return receive
