"""What to write into the template so that a denied call is allowed.

Of SAM's policy templates the one that allows least, with the reference it takes; where none
allows the action, a statement. A policy that is there and misses its mark is told first.
"""

import re
from collections.abc import Mapping

from harness.cloud.permissions.evaluation import Decision, Need, covers
from harness.cloud.permissions.matching import is_action, is_resource
from harness.cloud.permissions.policy_templates import expanded, policy_templates
from harness.cloud.permissions.statement import Role, Statement
from harness.cloud.template import Template

_PLACES = {
    "dynamodb": re.compile(r"table/(?P<TableName>[^/]+)(/stream/(?P<StreamName>.+)|/index/.+)?"),
    "sqs": re.compile(r"(?P<QueueName>.+)"),
    "sns": re.compile(r"(?P<TopicName>.+)"),
    "s3": re.compile(r"(?P<BucketName>[^/]+)(/.*)?"),
    "kinesis": re.compile(r"stream/(?P<StreamName>[^/]+).*"),
    "lambda": re.compile(r"function:(?P<FunctionName>[^:]+).*"),
    "events": re.compile(r"event-bus/(?P<EventBusName>.+)"),
    "athena": re.compile(r"workgroup/(?P<WorkGroupName>.+)"),
    "states": re.compile(r"stateMachine:(?P<StateMachineName>.+)"),
    "ssm": re.compile(r"parameter/(?P<ParameterName>.+)"),
    "es": re.compile(r"domain/(?P<DomainName>[^/]+)(/.*)?"),
    "logs": re.compile(r"log-group:(?P<LogGroupName>[^:]+).*"),
}
"""What of an ARN is which parameter of a policy template."""

_REFERENCES = {"QueueName": "!GetAtt {}.QueueName", "TopicName": "!GetAtt {}.TopicName"}
_STREAM = '!Select [3, !Split ["/", !GetAtt {}.StreamArn]]'


def remedy(role: Role, need: Need, decision: Decision, template: Template) -> str:
    """A sentence or two for whoever wrote the template."""
    if decision.denied_by:
        denial = decision.denied_by
        return f"Line {denial.line} ({denial.policy}) denies {need.action}: no Allow counts against it."
    if missed := _missed(role, need, template):
        return missed
    if role.declared_in:
        return f"Add to Policies of {role.declared_in}, in a policy's Statement: {_statement(need, template)}"
    if role.owner not in template.functions:
        return f"Give {role.owner} a TaskRoleArn, whose role allows: {_statement(need, template)}"
    return f"Add to Policies of {role.owner}: {policy_line(need, template)}"


def policy_line(need: Need, template: Template) -> str:
    """An item of a function's `Policies` that allows this, and little else."""
    names = _values(need.resource)
    account_id, region = _where(need.resource, template)
    candidates: list[tuple[int, int, str]] = []
    for name, policy in policy_templates().items():
        if not all(parameter in names for parameter in policy.parameters):
            continue
        statements = expanded(name, names, account_id=account_id, region=region)
        if any(not each.conditions and covers(each, need.action, need.resource) for each in statements):
            elsewhere = sum(not any(is_resource(need.resource, one) for one in each.resources) for each in statements)
            candidates.append((elsewhere, sum(len(each.actions) for each in statements), name))
    if not candidates:
        return f"- Statement: [{_statement(need, template)}]"
    name = min(candidates)[-1]
    parameters = [f"{key}: {_reference(key, names, template)}" for key in policy_templates()[name].parameters]
    return f"- {name}: {{{', '.join(parameters)}}}"


def _missed(role: Role, need: Need, template: Template) -> str:
    """A policy for this action whose resource is an ARN or a URL in the place of a name."""
    for statement in role.statements:
        named = any(is_action(need.action, each) for each in statement.actions)
        if statement.allows and named and statement.policy in policy_templates():
            wrong = [each for each in statement.resources if each.count("arn:aws:") > 1 or "://" in each]
            name = next(iter(_values(need.resource).items()), ("", ""))
            if wrong and name[1] in wrong[0]:
                return _misnamed(statement, name[0], need, template)
    return ""


def _misnamed(statement: Statement, parameter: str, need: Need, template: Template) -> str:
    reference = _reference(parameter, _values(need.resource), template)
    what = "a URL" if "://" in "".join(statement.resources) else "an ARN"
    return (
        f"Line {statement.line}: {parameter} of {statement.policy} is {what}, so that it allows nothing. "
        f"Write {parameter}: {reference}"
    )


def _statement(need: Need, template: Template) -> str:
    resource = '"*"' if need.resource == "*" else _arn_reference(need.resource, template)
    return f"{{Effect: Allow, Action: {need.action}, Resource: {resource}}}"


def _arn_reference(arn: str, template: Template) -> str:
    base, _, below = arn.partition("/") if arn.startswith("arn:aws:s3:::") else (arn, "", "")
    for logical_id, known in _arns(template).items():
        if known == base:
            return f'!Sub "${{{logical_id}.Arn}}/*"' if below else f"!GetAtt {logical_id}.Arn"
    for logical_id, topic in template.topics.items():
        if topic.arn == arn:
            return f"!Ref {logical_id}"
    for logical_id, task in template.containers.definitions.items():
        if task.arn == arn:
            return f"!Ref {logical_id}"
    if arn.startswith("arn:aws:es:"):
        return f'"{"/".join(arn.split("/")[:2])}/*"'
    return f'"{arn}"'


def _arns(template: Template) -> dict[str, str]:
    """ARNs that GetAtt Arn gives, by logical id."""
    groups: tuple[Mapping[str, object], ...] = (
        template.queues, template.tables, template.buckets, template.functions, template.streams,
        template.event_bridge.buses,
    )  # fmt: skip
    return {logical_id: str(getattr(spec, "arn", "")) for group in groups for logical_id, spec in group.items()}


def _values(arn: str) -> dict[str, str]:
    """The parameters of policy templates that an ARN holds values for."""
    parts = arn.split(":", 5)
    place = _PLACES.get(parts[2]) if len(parts) == 6 else None
    found = place.fullmatch(parts[5]) if place else None
    return {name: value for name, value in found.groupdict().items() if value} if found else {}


def _where(arn: str, template: Template) -> tuple[str, str]:
    """Account and Region of the ARN; S3's have none, and need none."""
    parts = arn.split(":", 5)
    return (parts[4], parts[3]) if len(parts) == 6 else ("", "")


def _reference(parameter: str, names: Mapping[str, str], template: Template) -> str:
    """How a template writes the value of a parameter."""
    value = names[parameter]
    if parameter == "StreamName" and "TableName" in names:
        return next(
            (_STREAM.format(each.logical_id) for each in template.tables.values() if each.name == names["TableName"]),
            value,
        )
    groups: dict[str, Mapping[str, object]] = {
        "TableName": template.tables,
        "QueueName": template.queues,
        "TopicName": template.topics,
        "BucketName": template.buckets,
        "StreamName": template.streams,
        "FunctionName": template.functions,
        "EventBusName": template.event_bridge.buses,
    }
    for logical_id, spec in groups.get(parameter, {}).items():
        if getattr(spec, "name", "") == value:
            return _REFERENCES.get(parameter, "!Ref {}").format(logical_id)
    return value
