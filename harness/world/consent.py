"""Who lets EventBridge act on it: permissions of functions, policies of queues and topics.

SAM gives a function's own events their permission. For anything else the template must have
an AWS::Lambda::Permission, AWS::SQS::QueuePolicy or AWS::SNS::TopicPolicy, as on AWS.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from harness.cloud.account import ACCOUNT_ID
from harness.cloud.engines.sqs.errors import SqsError
from harness.cloud.operations import function_name
from harness.cloud.resource_policies import Access, allows, statements_of

if TYPE_CHECKING:
    from harness.cloud.engines.sqs.service import SqsService
    from harness.cloud.target_delivery import Parcel
    from harness.cloud.template import AcceptedSpec, Template

SERVICE = "events.amazonaws.com"
_POLICIES = {"AWS::SQS::QueuePolicy": "Queues", "AWS::SNS::TopicPolicy": "Topics"}
"""Types of policies, and the property that lists what each is for."""


class TemplateConsent:
    """What the template, and the functions at run time, allow."""

    def __init__(self, template: Template, sqs: SqsService, service: str = SERVICE) -> None:
        self._template = template
        self._sqs = sqs
        self._service = service
        self._granted: set[tuple[str, str]] = set()

    def grant(self, rule_arn: str, function: str) -> None:
        """SAM's own permission: this rule may invoke the function of this name."""
        self._granted.add((rule_arn, function))

    def allows(self, action: str, arn: str, parcel: Parcel) -> bool:
        """Whether the target's own policy lets the sender do this."""
        if action.startswith("lambda:") and (parcel.sender, function_name(arn)) in self._granted:
            return True
        access = Access(
            service=self._service, action=action, resource=arn, source_arn=parcel.sender, source_account=ACCOUNT_ID
        )
        return allows(self._statements(arn), access)

    def _statements(self, arn: str) -> list[Any]:
        statements: list[Any] = []
        for accepted in self._template.accepted.values():
            if accepted.type == "AWS::Lambda::Permission":
                statements += _permission(accepted, arn)
            elif accepted.type in _POLICIES:
                named = accepted.properties.get(_POLICIES[accepted.type], [])
                if any(str(each).rpartition("/")[2].rpartition(":")[2] == arn.rpartition(":")[2] for each in named):
                    statements += statements_of(accepted.properties.get("PolicyDocument"))
        return statements + self._set_at_run_time(arn)

    def _set_at_run_time(self, arn: str) -> list[Any]:
        """The policy a queue was given with SetQueueAttributes."""
        if arn.split(":")[2] != "sqs":
            return []
        with contextlib.suppress(SqsError, ValueError, RecursionError):
            policy = self._sqs.queue_by_arn(arn).settings.values.get("Policy")
            return statements_of(json.loads(policy)) if policy else []
        return []


def _permission(accepted: AcceptedSpec, arn: str) -> list[Any]:
    """A permission as a statement of the function's policy, if it is about this function."""
    properties = accepted.properties
    if function_name(str(properties.get("FunctionName", ""))) != function_name(arn):
        return []
    condition = {"ArnLike": {"aws:SourceArn": properties["SourceArn"]}} if "SourceArn" in properties else {}
    if "SourceAccount" in properties:
        condition["StringEquals"] = {"aws:SourceAccount": properties["SourceAccount"]}
    return [
        {
            "Effect": "Allow",
            "Principal": {"Service": properties.get("Principal")},
            "Action": properties.get("Action"),
            "Resource": "*",
            "Condition": condition,
        }
    ]
