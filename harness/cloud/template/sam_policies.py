"""A function's `Policies`: policy templates, managed policies by name or ARN, and policy documents.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html
"""

from typing import Any

from harness.cloud.permissions.policy_templates import expanded, managed_policies, policy_templates
from harness.cloud.permissions.statement import Statement
from harness.cloud.template.attached_policies import managed_policy
from harness.cloud.template.errors import MissingProperty, TemplateError, UnknownProperty, did_you_mean
from harness.cloud.template.policy_documents import read_document
from harness.cloud.template.shapes import Spot, as_text, described
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import Items, Map

PAGE = "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html"
INLINE = "an inline policy"
_HERE = ("DynamoDB", "SQS", "SNS", "S3", "Kinesis", "Lambda", "EventBridge", "CloudWatchPut", "Athena", "Ecs")
"""Policy templates of services that are simulated begin so."""


class UnknownPolicy(TemplateError):
    """A policy template or managed policy that does not exist, or that this simulator does not have."""


def sam_policies(function: Resource, stack: Stack) -> tuple[Statement, ...]:
    """The statements of a function's `Policies`.

    Raises:
        TemplateError: SAM or IAM refuses one, or this simulator does not know it.
    """
    value = function.properties.get("Policies")
    spot = function.spot("Policies")
    if value is None:
        return ()
    if not isinstance(value, Items):
        return _policy(value, spot, stack)
    return tuple(
        statement
        for number, (each, place) in enumerate(zip(value, value.places, strict=True))
        for statement in _policy(each, spot.below(str(number), place), stack)
    )


def _policy(value: Any, spot: Spot, stack: Stack) -> tuple[Statement, ...]:
    if isinstance(value, Items):
        raise spot.wrong(value, "a policy template, the name of a managed policy, or a policy document")
    if not isinstance(value, Map):
        return managed_policy(as_text(value), spot, stack)
    if "Statement" in value:
        return read_document(value, spot, INLINE)
    return _of_template(value, spot, stack)


def _of_template(value: Map, spot: Spot, stack: Stack) -> tuple[Statement, ...]:
    names = list(value)
    if len(names) != 1:
        raise spot.error(
            UnknownProperty, f"{spot.path} of {spot.resource} is {described(value)}.",
            expected="one policy template in each item of the list, or a mapping of Version and Statement", see=PAGE,
        )  # fmt: skip
    name = names[0]
    inside = spot.below(name, value.key_place(name))
    if name not in policy_templates():
        raise inside.error(
            UnknownPolicy, f"{spot.path} of {spot.resource}: SAM has no policy template {name}.",
            expected=f"one of SAM's, as {', '.join(each for each in policy_templates() if each.startswith(_HERE))}",
            try_=did_you_mean(name, [*policy_templates(), *managed_policies()]), see=PAGE,
        )  # fmt: skip
    return expanded(
        name,
        _parameters(value[name], name, inside),
        account_id=stack.references.account_id,
        region=stack.region,
        line=inside.place.line,
    )


def _parameters(given: Any, name: str, spot: Spot) -> dict[str, str]:
    """The values of the parameters; as SAM does, it takes no notice of others."""
    needed = policy_templates()[name].parameters
    if not isinstance(given, Map):
        raise spot.wrong(given, f"a mapping of {', '.join(needed)}" if needed else "an empty mapping: {}")
    missing = [parameter for parameter in needed if parameter not in given]
    if missing:
        raise spot.error(
            MissingProperty, f"{spot.path} of {spot.resource} lacks {', '.join(missing)}.",
            expected=f"{name}: {{{', '.join(f'{each}: ...' for each in needed)}}}", see=PAGE,
        )  # fmt: skip
    for parameter in needed:
        if isinstance(given[parameter], Map | Items):
            raise spot.below(parameter, given.value_place(parameter)).wrong(given[parameter], "a text")
    return {parameter: as_text(given[parameter]) for parameter in needed}
