"""SAM's policy templates and AWS's managed policies: what each allows, out of the data files beside this.

The files are made by docs/_generate/policies.py out of aws-sam-translator and moto.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
and https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.cloud.permissions.plain import plain_statement
from harness.cloud.permissions.statement import Statement

_HERE = Path(__file__).parent
_PLACEHOLDER = re.compile(r"\$\{([^}]+)\}")


class PolicyTemplate(msgspec.Struct, frozen=True):
    """A policy template of SAM; `${Parameter}` stands in the ARNs."""

    parameters: tuple[str, ...]
    statements: tuple[dict[str, Any], ...]


class ManagedPolicy(msgspec.Struct, frozen=True):
    """A managed policy of AWS.

    Attributes:
        path: what stands in its ARN before the name.
    """

    path: str
    statements: tuple[dict[str, Any], ...]


@functools.cache
def policy_templates() -> dict[str, PolicyTemplate]:
    """All of them, by name."""
    return msgspec.json.decode((_HERE / "policy_templates.json").read_bytes(), type=dict[str, PolicyTemplate])


@functools.cache
def managed_policies() -> dict[str, ManagedPolicy]:
    """Those this simulator has, by name."""
    return msgspec.json.decode((_HERE / "managed_policies.json").read_bytes(), type=dict[str, ManagedPolicy])


def managed_name(named: str) -> str:
    """The managed policy that a name or an ARN means; "" if there is none here."""
    name = named.rpartition("/")[2]
    known = managed_policies().get(name)
    if known is None or named not in (name, f"arn:aws:iam::aws:policy{known.path}{name}"):
        return ""
    return name


@functools.cache
def managed_statements(name: str) -> tuple[Statement, ...]:
    """The statements of a managed policy."""
    return tuple(plain_statement(each, name) for each in managed_policies()[name].statements)


def expanded(
    name: str, parameters: Mapping[str, str], *, account_id: str, region: str, line: int = 0
) -> tuple[Statement, ...]:
    """The statements a policy template becomes.

    Args:
        parameters: a value for each of its parameters.
    """
    values = {**parameters, "AWS::Partition": "aws", "AWS::Region": region, "AWS::AccountId": account_id}

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            return _PLACEHOLDER.sub(lambda found: values[found[1]], value)
        if isinstance(value, list):
            return [filled(item) for item in value]
        return {key: filled(item) for key, item in value.items()} if isinstance(value, dict) else value

    return tuple(plain_statement(filled(each), name, line) for each in policy_templates()[name].statements)
