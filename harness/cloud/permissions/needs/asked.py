"""A call, as those who say what it needs look at it."""

import functools
from collections.abc import Callable
from typing import Any

from harness.cloud.operations import form_of, parameters_of
from harness.cloud.permissions.conditions import Facts
from harness.cloud.permissions.evaluation import Need
from harness.cloud.template import Template
from harness.simulation.wire import Call


class Asked:
    """A call with its parameters.

    Attributes:
        template: where tables have their keys and task definitions their roles.
        work_group_of: the workgroup of an execution of Athena, by its id; "" if there is none.
    """

    def __init__(
        self,
        call: Call,
        template: Template,
        account_id: str,
        region: str,
        work_group_of: Callable[[str], str] = lambda execution_id: "",
    ) -> None:
        self.call = call
        self.work_group_of = work_group_of
        self.template = template
        self.account_id = account_id
        self.region = region

    @property
    def operation(self) -> str:
        """Its name."""
        return self.call.operation

    @functools.cached_property
    def parameters(self) -> dict[str, Any]:
        """The JSON body."""
        return parameters_of(self.call.request.body)

    @functools.cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form in the body."""
        return form_of(self.call.request)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of this account and Region."""
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"

    def named(self, key: str) -> str:
        """A parameter that is a text; "" if it is none."""
        return text(self.parameters.get(key))


Reader = Callable[[Asked], list[Need]]
"""Says what a call needs; [] where nobody can tell: the service will refuse it."""


def text(value: Any) -> str:
    """The value if it is a text, "" otherwise."""
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, an empty one otherwise."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value if it is a list, an empty one otherwise."""
    return value if isinstance(value, list) else []


def fact(key: str, *values: Any) -> Callable[[], Facts]:
    """Facts of one key; values that are missing are left out."""
    return lambda: {key: tuple(str(value) for value in values if value not in (None, ""))}


def passing(roles: list[str], service: str) -> list[Need]:
    """Who gives a role to a service must be allowed to.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    return [Need("iam:PassRole", role, fact("iam:passedtoservice", service)) for role in roles if role]
