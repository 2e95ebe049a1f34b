"""Who lets EventBridge, SNS or S3 act on it: permissions of functions, policies of queues and topics.

SAM gives a function's own events their permission. For anything else the template must have
an AWS::Lambda::Permission, AWS::SQS::QueuePolicy or AWS::SNS::TopicPolicy, or a call must set
the policy, as on AWS.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.cloud.account import ACCOUNT_ID
from harness.cloud.operations import function_name
from harness.cloud.resource_policies import Access, allows
from harness.world.policies import PoliciesInForce

if TYPE_CHECKING:
    from harness.cloud.target_delivery import Parcel
    from harness.cloud.template import AcceptedSpec
    from harness.world.deployment import Deployment

SERVICE = "events.amazonaws.com"


class Consent:
    """What the template, and calls at run time, allow one AWS service."""

    def __init__(self, deployment: Deployment, service: str = SERVICE) -> None:
        self._deployment = deployment
        self._policies = PoliciesInForce(deployment)
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
        for accepted in self._deployment.template.accepted.values():
            if accepted.type == "AWS::Lambda::Permission":
                statements += _permission(accepted, arn)
        return statements + self._policies.statements(arn)


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
