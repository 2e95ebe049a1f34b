"""Policies that are attached to roles by name: AWS's managed ones, and those a template declares.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
"""

from harness.cloud.permissions.policy_templates import managed_name, managed_policies, managed_statements
from harness.cloud.permissions.statement import Statement
from harness.cloud.template.errors import TemplateError, did_you_mean
from harness.cloud.template.policy_documents import read_document
from harness.cloud.template.schema import IAM_POLICY, MANAGED_POLICY, ROLE
from harness.cloud.template.shapes import Spot
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import Items

PAGE = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html"


class UnknownManagedPolicy(TemplateError):
    """A managed policy that this simulator does not have, or that does not exist."""


def managed_policy(named: str, spot: Spot, stack: Stack) -> tuple[Statement, ...]:
    """The statements of a managed policy by its name or ARN: one of AWS, or of the template.

    Raises:
        UnknownManagedPolicy: there is none here.
    """
    name = managed_name(named)
    if name:
        return managed_statements(name)
    for resource in stack.of(MANAGED_POLICY):
        if stack.ref(resource.logical_id) == named:
            return _document(resource)
    raise spot.error(
        UnknownManagedPolicy, f"{spot.path} of {spot.resource} is {named}, which this simulator does not have.",
        expected=f"the name or ARN of one of {', '.join(managed_policies())}",
        try_=did_you_mean(named.rpartition("/")[2], managed_policies()) or "write down the statements you need",
        see=PAGE,
    )  # fmt: skip


class AttachedPolicies:
    """What is attached to the roles of one template."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._by_name: dict[str, list[Statement]] = {}
        for resource in stack.of(IAM_POLICY, MANAGED_POLICY):
            statements = _document(resource)
            for name in resource.properties.get("Roles", ()):
                self._by_name.setdefault(name, []).extend(statements)
        self._by_role = {role.logical_id: self._read(role) for role in stack.of(ROLE)}

    def to(self, role_name: str) -> tuple[Statement, ...]:
        """What policies of the template attach to a role by its name."""
        return tuple(self._by_name.get(role_name, ()))

    def of_role(self, role: Resource) -> tuple[Statement, ...]:
        """All statements of a role of the template."""
        return self._by_role[role.logical_id]

    def _read(self, role: Resource) -> tuple[Statement, ...]:
        statements: list[Statement] = []
        managed = role.properties.get("ManagedPolicyArns", Items())
        for number, (arn, place) in enumerate(zip(managed, managed.places, strict=True)):
            spot = role.spot("ManagedPolicyArns").below(str(number), place)
            statements += managed_policy(arn, spot, self._stack)
        for number, policy in enumerate(role.properties.get("Policies", ())):
            spot = role.spot("Policies").below(f"{number}.PolicyDocument", policy.value_place("PolicyDocument"))
            statements += read_document(policy["PolicyDocument"], spot, f"{policy['PolicyName']} of {role.logical_id}")
        return (*statements, *self.to(self._stack.name(role.logical_id)))


def _document(resource: Resource) -> tuple[Statement, ...]:
    spot = resource.spot("PolicyDocument")
    return read_document(resource.properties["PolicyDocument"], spot, resource.logical_id)
