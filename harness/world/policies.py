"""Policies of queues and topics: what the resource's attribute says now is what counts.

Those of the template become attributes when it is deployed; SetQueueAttributes,
SetTopicAttributes and AddPermission replace them, as on AWS. Where a template has several for
one resource, their statements add up.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
and https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from harness.cloud.engines.sqs.errors import SqsError
from harness.cloud.permissions.domain_access import domain_statements
from harness.cloud.permissions.plain import plain_statement
from harness.cloud.permissions.statement import Statement
from harness.cloud.resource_policies import statements_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.cloud.engines.sns.service import SnsService
    from harness.cloud.engines.sqs.service import SqsService
    from harness.cloud.template import Template
    from harness.world.deployment import Deployment

_QUEUE = ("AWS::SQS::QueuePolicy", "Queues")
_TOPIC = ("AWS::SNS::TopicPolicy", "Topics")
_AT_RUN_TIME = ("sqs", "sns")


def set_queue_policies(template: Template, sqs: SqsService) -> None:
    """Every queue has the policy that the template gives it."""
    for queue in template.queues.values():
        if policy := _of_template(template, queue.arn, *_QUEUE):
            sqs.queue(queue.name).set_attributes({"Policy": policy})


def set_topic_policies(template: Template, sns: SnsService) -> None:
    """Every topic has the policy that the template gives it."""
    for topic in sns.topics:
        if policy := _of_template(template, topic.arn, *_TOPIC):
            topic.attributes["Policy"] = policy


def update_policies(former: Template, deployment: Deployment) -> None:
    """After an update of the stack, resources have those policies that it changed; others stay as they are."""
    template = deployment.template
    for queue in template.queues.values():
        policy = _of_template(template, queue.arn, *_QUEUE)
        if policy != _of_template(former, queue.arn, *_QUEUE):
            deployment.sqs.queue(queue.name).set_attributes({"Policy": policy})
    for spec in template.topics.values():
        policy = _of_template(template, spec.arn, *_TOPIC)
        topic = deployment.sns.topics.find(spec.arn)
        if topic and policy != _of_template(former, spec.arn, *_TOPIC):
            topic.attributes["Policy"] = policy


class PoliciesInForce:
    """What the policies of resources say now."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def statements(self, arn: str) -> list[Any]:
        """The statements of the policy of a queue or topic; [] if it has none."""
        try:
            return statements_of(json.loads(self._text(arn) or "{}"))
        except (ValueError, RecursionError):
            return []

    def replaced(self, arn: str) -> tuple[Statement, ...] | None:
        """The statements for callers, if they are not the template's: a call has set others, or it is a domain's."""
        if _service(arn) == "es":
            return domain_statements(self._deployment.services[arn.rpartition("/")[2]].access_policy)
        if _service(arn) not in _AT_RUN_TIME:
            return None
        kind = _QUEUE if _service(arn) == "sqs" else _TOPIC
        if self._text(arn) == _of_template(self._deployment.template, arn, *kind):
            return None
        name = arn.rpartition(":")[2]
        found = (plain_statement(each, f"the policy of {name}") for each in _mappings(self.statements(arn)))
        return tuple(each for each in found if each.principals)

    def _text(self, arn: str) -> str:
        if _service(arn) == "sqs":
            with contextlib.suppress(SqsError):
                return self._deployment.sqs.queue_by_arn(arn).settings.values.get("Policy", "")
        if _service(arn) == "sns":
            topic = self._deployment.sns.topics.find(arn)
            return topic.attributes.get("Policy", "") if topic else ""
        return ""


def _service(arn: str) -> str:
    return "".join(arn.split(":")[2:3])


def _mappings(statements: list[Any]) -> Iterator[Mapping[str, Any]]:
    return (each for each in statements if isinstance(each, dict))


def _of_template(template: Template, arn: str, kind: str, key: str) -> str:
    """The policy that the template gives a resource, as JSON; "" if it gives none."""
    statements: list[Any] = []
    version = "2008-10-17"
    for accepted in template.accepted.values():
        if accepted.type == kind and any(_name(each) == _name(arn) for each in accepted.properties.get(key, [])):
            document = accepted.properties.get("PolicyDocument", {})
            statements += statements_of(document)
            version = document.get("Version", version)
    return json.dumps({"Version": version, "Statement": statements}, default=str) if statements else ""


def _name(reference: Any) -> str:
    """The name in a queue's URL or in an ARN."""
    return str(reference).rpartition("/")[2].rpartition(":")[2]
