"""A role as data: who it is, and the statements of all its policies, references resolved.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One key of a statement's Condition.

    Attributes:
        operator: "StringEquals", "NumericLessThan", "Null", ...
        quantifier: "ForAllValues", "ForAnyValue" or "".
        if_exists: whether a key that is not in the request counts as met.
        key: in lower case.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    quantifier: str = ""
    if_exists: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One statement of a policy.

    Attributes:
        allows: whether its effect is Allow.
        actions: patterns as in "sqs:Send*"; with `all_but_actions` those it is not about.
        resources: ARN patterns; with `all_but_resources` those it is not about.
        principals: of a resource's own policy: "*", account ids and ARNs; with `all_but_principals` those it is
            not about.
        policy: what it came from: "DynamoDBCrudPolicy", "an inline policy".
        line: where that stands in the template; 0: nowhere.
    """

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    all_but_actions: bool = False
    all_but_resources: bool = False
    all_but_principals: bool = False
    conditions: tuple[Condition, ...] = ()
    principals: tuple[str, ...] = ()
    policy: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """An execution role, as one function (or container task) takes it.

    Attributes:
        owner: logical id of the function or task definition.
        session: last part of the user's ARN: the function's name.
        declared_in: logical id of the AWS::IAM::Role; "": SAM makes the role out of `Policies`.
        line: of the owner in the template.
    """

    owner: str
    session: str
    name: str
    arn: str
    account_id: str
    statements: tuple[Statement, ...] = ()
    owner_arn: str = ""
    declared_in: str = ""
    line: int = 0

    @property
    def user(self) -> str:
        """The ARN that AWS's messages name."""
        return f"arn:aws:sts::{self.account_id}:assumed-role/{self.name}/{self.session}"


@dataclass(frozen=True, kw_only=True, slots=True)
class PermissionSpec:
    """All that a template says of permissions.

    Attributes:
        roles: by the logical id of the function or task definition.
        resource_policies: statements of queues, topics, buckets and buses, by the resource's ARN.
        passed: by the ARN of a task definition, the roles that whoever runs it passes on.
    """

    roles: dict[str, Role] = field(default_factory=dict)
    resource_policies: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    passed: dict[str, tuple[str, ...]] = field(default_factory=dict)
