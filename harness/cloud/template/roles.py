"""Builds the roles of functions and container tasks out of a template.

Without `Role`, SAM makes a role of the function's `Policies` and of what its events, destinations
and tracing need. With `Role`, that role is all there is: SAM adds nothing to it, and ignores
`Policies`.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from collections.abc import Iterator
from typing import Any

from harness.cloud.permissions.plain import texts
from harness.cloud.permissions.policy_templates import managed_statements
from harness.cloud.permissions.statement import PermissionSpec, Role, Statement
from harness.cloud.template.attached_policies import AttachedPolicies
from harness.cloud.template.errors import PropertiesContradict, SourceOutside
from harness.cloud.template.resource_statements import resource_policies
from harness.cloud.template.sam_policies import sam_policies
from harness.cloud.template.schema import FUNCTION, ROLE, TASK_DEFINITION
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import Map, section

_MANAGED_BY_EVENT = {
    "SQS": "AWSLambdaSQSQueueExecutionRole",
    "Kinesis": "AWSLambdaKinesisExecutionRole",
    "DynamoDB": "AWSLambdaDynamoDBExecutionRole",
}
_SENDING = {
    "SQS": "sqs:SendMessage",
    "SNS": "sns:Publish",
    "Lambda": "lambda:InvokeFunction",
    "EventBridge": "events:PutEvents",
}
"""What a destination or dead-letter queue of a kind needs of the function's role."""

_ARN_KIND = {"sqs": "SQS", "sns": "SNS", "lambda": "Lambda", "events": "EventBridge", "s3": "S3Bucket"}


def permission_spec(stack: Stack) -> PermissionSpec:
    """All that the template says of permissions.

    Raises:
        TemplateError: a policy that IAM or SAM refuses, or that this simulator cannot decide.
    """
    attached = AttachedPolicies(stack)
    roles = {each.logical_id: _of_function(each, stack, attached) for each in stack.of(FUNCTION)}
    tasks = stack.of(TASK_DEFINITION)
    roles |= {each.logical_id: _of_task(each, stack, attached) for each in tasks}
    passed = {stack.ref(each.logical_id): _passed(each) for each in tasks}
    return PermissionSpec(roles=roles, resource_policies=resource_policies(stack), passed=passed)


def _of_function(function: Resource, stack: Stack, attached: AttachedPolicies) -> Role:
    name = stack.name(function.logical_id)
    own_arn = stack.attribute(function.logical_id, "Arn")
    generated = f"{function.logical_id}Role"
    if "Role" not in function.properties:
        role_name = stack.references.name(generated, function.place)
        return Role(
            owner=function.logical_id,
            session=name,
            name=role_name,
            arn=stack.references.attribute(generated, "Arn", function.place),
            account_id=stack.references.account_id,
            statements=(*sam_policies(function, stack), *sam_additions(function), *attached.to(role_name)),
            owner_arn=own_arn,
            line=function.place.line,
        )
    if "Policies" in function.properties:
        line = function.properties.key_place("Policies").line
        stack.warnings.append(f"{function.logical_id} has a Role: SAM ignores its Policies (line {line}).")
    role = _declared(function, "Role", stack)
    if role is None:
        return _borrowed(function, name, own_arn, stack, attached)
    _refuse_without_trust(role, function)
    return _role_of(role, function, name, own_arn, stack, attached)


def _borrowed(function: Resource, name: str, own_arn: str, stack: Stack, attached: AttachedPolicies) -> Role:
    """The role that SAM makes for another function of the template, by its ARN."""
    arn = function.properties["Role"]
    for other in stack.of(FUNCTION):
        if "Role" not in other.properties:
            theirs = _of_function(other, stack, attached)
            if theirs.arn == arn:
                return Role(
                    owner=function.logical_id, session=name, name=theirs.name, arn=arn, owner_arn=own_arn,
                    account_id=theirs.account_id, statements=theirs.statements, line=function.place.line,
                )  # fmt: skip
    roles = [each.logical_id for each in stack.of(ROLE)]
    raise function.spot("Role").error(
        SourceOutside, f"Role of {function.logical_id} is {arn}: nothing in this template.",
        expected="the ARN of an AWS::IAM::Role of this template",
        try_=f"write !GetAtt {roles[0]}.Arn" if roles else "remove Role, and say with Policies what it may do",
    )  # fmt: skip


def _declared(owner: Resource, key: str, stack: Stack) -> Resource | None:
    """The AWS::IAM::Role whose ARN a property is; None: no role of the file has this ARN."""
    arn = owner.properties[key]
    return next((each for each in stack.of(ROLE) if stack.attribute(each.logical_id, "Arn") == arn), None)


def _role_of(
    role: Resource, owner: Resource, session: str, owner_arn: str, stack: Stack, attached: AttachedPolicies
) -> Role:
    return Role(
        owner=owner.logical_id,
        session=session,
        name=stack.name(role.logical_id),
        arn=stack.attribute(role.logical_id, "Arn"),
        account_id=stack.references.account_id,
        statements=attached.of_role(role),
        owner_arn=owner_arn,
        declared_in=role.logical_id,
        line=owner.place.line,
    )


def _refuse_without_trust(role: Resource, function: Resource) -> None:
    document = section(role.properties, "AssumeRolePolicyDocument")
    statements = document.get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    trusted = [
        principal
        for each in listed
        if isinstance(each, Map) and each.get("Effect") == "Allow" and "sts:AssumeRole" in texts(each.get("Action"))
        for principal in texts(section(each, "Principal").get("Service"))
    ]
    if "lambda.amazonaws.com" not in trusted:
        raise role.spot("AssumeRolePolicyDocument").error(
            PropertiesContradict,
            f"The role defined for the function cannot be assumed by Lambda: {role.logical_id}, of "
            f"{function.logical_id}.",
            expected="AssumeRolePolicyDocument to allow sts:AssumeRole to the service lambda.amazonaws.com",
            try_="Statement: [{Effect: Allow, Action: sts:AssumeRole, Principal: {Service: lambda.amazonaws.com}}]",
        )


# ---- what SAM adds by itself -------------------------------------------------------------------------


def sam_additions(function: Resource) -> tuple[Statement, ...]:
    """What SAM gives a role besides `Policies`: for logs, traces, events and destinations."""
    managed = ["AWSLambdaBasicExecutionRole"]
    if function.properties.get("Tracing", "Disabled") != "Disabled":
        managed.append("AWSXrayWriteOnlyAccess")
    sending: list[tuple[str, str]] = []
    for event in function.events:
        managed += _managed_for(event.kind, event.properties)
        sending += _destinations(section(event.properties, "DestinationConfig"))
    sending += _destinations(section(section(function.properties, "EventInvokeConfig"), "DestinationConfig"))
    dead_letters = section(function.properties, "DeadLetterQueue")
    if dead_letters:
        sending.append((dead_letters["Type"], dead_letters["TargetArn"]))
    statements = [statement for name in dict.fromkeys(managed) for statement in managed_statements(name)]
    return (*statements, *(statement for kind, arn in dict.fromkeys(sending) for statement in _sending(kind, arn)))


def _managed_for(kind: str, properties: Map) -> Iterator[str]:
    if kind in _MANAGED_BY_EVENT:
        yield _MANAGED_BY_EVENT[kind]
    elif kind == "SNS" and properties.get("SqsSubscription"):
        yield _MANAGED_BY_EVENT["SQS"]


def _destinations(config: Map) -> Iterator[tuple[str, str]]:
    for key in ("OnSuccess", "OnFailure"):
        target: Any = section(config, key)
        if "Destination" in target:
            arn = target["Destination"]
            service = arn.split(":")[2] if arn.count(":") > 2 else ""
            yield target.get("Type", _ARN_KIND.get(service, "")), arn


def _sending(kind: str, arn: str) -> Iterator[Statement]:
    if kind == "S3Bucket":
        yield Statement(allows=True, actions=("s3:PutObject",), resources=(f"{arn}/*",), policy="a destination")
        yield Statement(allows=True, actions=("s3:ListBucket",), resources=(arn,), policy="a destination")
    elif kind in _SENDING:
        yield Statement(allows=True, actions=(_SENDING[kind],), resources=(arn,), policy="a destination")


# ---- container tasks ---------------------------------------------------------------------------------


def _of_task(task: Resource, stack: Stack, attached: AttachedPolicies) -> Role:
    """The task role; without one, a role that may nothing."""
    arn = stack.ref(task.logical_id)
    role = _declared(task, "TaskRoleArn", stack) if "TaskRoleArn" in task.properties else None
    if role is not None:
        return _role_of(role, task, task.logical_id, arn, stack, attached)
    return Role(
        owner=task.logical_id,
        session=task.logical_id,
        name="no-task-role",
        arn="",
        account_id=stack.references.account_id,
        owner_arn=arn,
        line=task.place.line,
    )


def _passed(task: Resource) -> tuple[str, ...]:
    return tuple(task.properties[key] for key in ("TaskRoleArn", "ExecutionRoleArn") if key in task.properties)
