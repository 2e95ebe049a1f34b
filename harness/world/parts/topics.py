"""SNS: the topics and subscriptions of the template, and how they reach queues, functions and URLs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.engines.sns.errors import SnsError
from harness.cloud.engines.sns.http_endpoint import HttpEndpoint
from harness.cloud.engines.sns.message import Draft
from harness.cloud.engines.sns.queue_endpoint import PRINCIPAL, Permits, QueueEndpoint
from harness.cloud.engines.sns.service import SnsService
from harness.cloud.engines.sns.surroundings import Surroundings
from harness.cloud.engines.sqs.message import AttributeValue
from harness.cloud.resources import ResourceRefused, template_file
from harness.cloud.target_delivery import Parcel
from harness.cloud.template import Template
from harness.cloud.template.model_topic import SubscriptionSpec, TopicSpec
from harness.event_sources.sns import FunctionEndpoint
from harness.world.consent import Consent
from harness.world.policies import set_topic_policies

if TYPE_CHECKING:
    from harness.world.deployment import Deployment
    from harness.world.destinations import Attributes, Receiver


def deploy(deployment: Deployment) -> None:
    """Creates what the template says, and answers for `sns`."""
    consent = Consent(deployment, service=PRINCIPAL)
    permits = _permits(consent)
    queues = QueueEndpoint(deployment.sqs, permits)
    outside = HttpEndpoint(deployment.gateway)
    around = Surroundings(
        loop=deployment.loop,
        trace=deployment.trace,
        randomness=deployment.randomness,
        faults=deployment.faults,
        account_id=ACCOUNT_ID,
        region=REGION,
        dead_letters=queues,
        labels=_labels(deployment.template),
        endpoints={"sqs": queues, "http": outside, "https": outside},
    )
    around.endpoints["lambda"] = FunctionEndpoint(deployment.functions, deployment.asynchronous, around, permits)
    sns = SnsService(around, outside)
    deployment.sns = sns
    deployment.gateway.services["sns"] = sns
    deployment.destinations.register("sns", _destination(sns))
    for topic in deployment.template.topics.values():
        _refusing(topic, partial(sns.topics.create, topic.name, topic.attributes, topic.tags))
    set_topic_policies(deployment.template, sns)
    for subscription in deployment.template.subscriptions.values():
        _subscribe(subscription, deployment, sns, consent)


def _permits(consent: Consent) -> Permits:
    def permits(action: str, arn: str, topic_arn: str) -> bool:
        return consent.allows(action, arn, Parcel(arn=arn, text="", sender=topic_arn, cause=""))

    return permits


def _labels(template: Template) -> dict[str, str]:
    """Logical ids by ARN."""
    labels: dict[str, str] = {}
    for function in template.functions.values():
        labels |= {function.arn: function.logical_id, function.qualified_arn: function.logical_id}
    labels |= {spec.arn: logical_id for logical_id, spec in template.queues.items()}
    return labels | {spec.arn: logical_id for logical_id, spec in template.topics.items()}


def _subscribe(spec: SubscriptionSpec, deployment: Deployment, sns: SnsService, consent: Consent) -> None:
    topic = sns.topics.at(deployment.template.topics[spec.topic].arn)
    if spec.permitted:
        consent.grant(topic.arn, deployment.template.functions[spec.permitted].name)
    if spec.protocol in ("http", "https") and urlsplit(spec.endpoint).netloc not in deployment.gateway.outside:
        raise ResourceRefused(
            f"{spec.logical_id} subscribes {spec.endpoint}, where nobody listens in this simulator.",
            expected="the URL of one of the kata's HTTP services",
            file=template_file(spec.line),
            line=spec.line,
        )
    _refusing(
        spec,
        lambda: sns.subscribing.add(topic, spec.protocol, spec.endpoint, spec.attributes, identifier=spec.identifier),
    )


def _refusing(spec: TopicSpec | SubscriptionSpec, create: Callable[[], Any]) -> None:
    try:
        create()
    except SnsError as error:
        raise ResourceRefused(
            f"SNS refuses {spec.logical_id}: {error}", file=template_file(spec.line), line=spec.line
        ) from error


def _destination(sns: SnsService) -> Receiver:
    """Publishes what others send to a topic: S3, and Lambda's destinations and dead letters."""

    def receive(arn: str, text: str, attributes: Attributes) -> None:
        values = {name: AttributeValue(kind, value) for name, (kind, value) in attributes.items()}
        topic = sns.topics.find(arn)
        if topic is not None:
            with contextlib.suppress(SnsError):  # too long, say: lost, as in AWS
                sns.publishing.take(topic, Draft(text=text, attributes=values), "AWS")

    return receive
