"""Lambda's API beyond Invoke: what a deployment script or an operator does to functions.

Configuration, versions, aliases, concurrency and recursion settings take effect at once, on
AWS within seconds. Left out: creating and deleting functions, code, layers, permissions.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from harness.cloud.operations import parameters_of
from harness.functions import limits
from harness.functions.api_errors import ApiError, invalid, no_such_function
from harness.functions.descriptions import alias_description, described
from harness.functions.fleet import Function
from harness.functions.service import LambdaService, NoSuchFunction
from harness.functions.versions import LATEST, Alias, NoSuchQualifier
from harness.simulation.wire import Reply

Body = dict[str, Any]
_Action = Callable[[Function, "Asked"], tuple[int, Body]]


class Asked:
    """A call: what its path, its query and its body say."""

    def __init__(self, named: list[str], query: dict[str, str], body: Body) -> None:
        self.alias = named[1] if len(named) > 1 else ""
        in_name = named[0].rpartition("function:")[2].partition(":")[2] if named else ""
        self.qualifier = query.get("Qualifier", "") or in_name
        self.body = body

    def number(self, key: str, least: int, most: int) -> int:
        """A whole number of the body.

        Raises:
            ApiError: it is missing, none, or out of range.
        """
        value = self.body.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise invalid(f"1 validation error detected: Value '{value}' at '{key}' must be from {least} to {most}.")
        return value


class Management:
    """Answers everything but Invoke."""

    def __init__(self, service: LambdaService) -> None:
        self._service = service
        self._actions: dict[str, _Action] = {
            "GetFunction": self._get_function,
            "GetFunctionConfiguration": self._get_configuration,
            "UpdateFunctionConfiguration": self._update_configuration,
            "ListVersionsByFunction": self._list_versions,
            "PublishVersion": self._publish_version,
            "ListAliases": self._list_aliases,
            "CreateAlias": self._create_alias,
            "GetAlias": self._get_alias,
            "UpdateAlias": self._update_alias,
            "DeleteAlias": self._delete_alias,
            "PutFunctionConcurrency": self._put_concurrency,
            "GetFunctionConcurrency": self._get_concurrency,
            "DeleteFunctionConcurrency": self._delete_concurrency,
            "PutProvisionedConcurrencyConfig": self._put_provisioned,
            "GetProvisionedConcurrencyConfig": self._get_provisioned,
            "DeleteProvisionedConcurrencyConfig": self._delete_provisioned,
            "GetFunctionRecursionConfig": self._get_recursion,
            "PutFunctionRecursionConfig": self._put_recursion,
        }

    def answer(self, operation: str, named: list[str], query: dict[str, str], body: bytes) -> Reply:
        """The answer to a call.

        Raises:
            ApiError: it is refused.
        """
        if operation == "GetAccountSettings":
            return _reply(200, self._account_settings())
        if operation == "ListFunctions":
            listed = [described(function, LATEST) for function in self._service.functions.values()]
            return _reply(200, {"Functions": listed})
        if operation == "GetProvisionedConcurrencyConfig" and query.get("List") == "ALL":  # the same path
            operation = "ListProvisionedConcurrencyConfigs"
        if operation not in self._actions:
            raise ApiError(501, "NotImplemented", f"This simulator's Lambda does not have {operation}.")
        try:
            function = self._service.functions[self._service.find(named[0]).logical_id]
        except NoSuchFunction:
            raise no_such_function(named[0]) from None
        try:
            return _reply(*self._actions[operation](function, Asked(named, query, parameters_of(body))))
        except NoSuchQualifier as missing:
            raise no_such_function(function.spec.arn, str(missing)) from None

    # ---- configuration -------------------------------------------------------------------------

    def _get_function(self, function: Function, asked: Asked) -> tuple[int, Body]:
        answer: Body = {"Configuration": described(function, self._version(function, asked), asked.qualifier)}
        if function.reserved is not None:
            answer["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved}
        return 200, answer

    def _get_configuration(self, function: Function, asked: Asked) -> tuple[int, Body]:
        return 200, described(function, self._version(function, asked), asked.qualifier)

    def _update_configuration(self, function: Function, asked: Asked) -> tuple[int, Body]:
        """A function with other settings: its environments of `$LATEST` are replaced."""
        changes: Body = {}
        for key in asked.body:
            if key == "Description":
                changes["description"] = str(asked.body[key])
            elif key == "Timeout":
                changes["timeout_s"] = asked.number(key, 1, 900)
            elif key == "MemorySize":
                changes["memory_mb"] = asked.number(key, 128, 10_240)
            elif key == "Environment":
                changes["variables"] = _variables(asked.body[key])
            else:
                raise ApiError(501, "NotImplemented", f"This simulator's Lambda cannot change {key}.")
        function.versions.latest = replace(function.spec, **changes)
        self._service.fleet.recycle(function, LATEST)
        return 200, described(function, LATEST)

    def _list_versions(self, function: Function, asked: Asked) -> tuple[int, Body]:
        return 200, {"Versions": [described(function, each) for each in [LATEST, *function.versions.published]]}

    def _publish_version(self, function: Function, asked: Asked) -> tuple[int, Body]:
        return 201, described(function, function.versions.publish())

    def _version(self, function: Function, asked: Asked) -> str:
        alias = function.versions.aliases.get(asked.qualifier)
        version = alias.version if alias else asked.qualifier or LATEST
        if version != LATEST and version not in function.versions.published:
            raise NoSuchQualifier(version)
        return version

    # ---- aliases ---------------------------------------------------------------------------------

    def _list_aliases(self, function: Function, asked: Asked) -> tuple[int, Body]:
        return 200, {"Aliases": [alias_description(function, alias) for alias in function.versions.aliases.values()]}

    def _create_alias(self, function: Function, asked: Asked) -> tuple[int, Body]:
        name = str(asked.body.get("Name", ""))
        if name in function.versions.aliases:
            raise ApiError(409, "ResourceConflictException", f"Alias already exists: {function.spec.arn}:{name}")
        return 201, self._point(function, Alias(name, ""), asked.body)

    def _get_alias(self, function: Function, asked: Asked) -> tuple[int, Body]:
        return 200, alias_description(function, _alias(function, asked.alias))

    def _update_alias(self, function: Function, asked: Asked) -> tuple[int, Body]:
        return 200, self._point(function, _alias(function, asked.alias), asked.body)

    def _delete_alias(self, function: Function, asked: Asked) -> tuple[int, Body]:
        if function.versions.aliases.pop(asked.alias, None):
            self._service.provisioning.provision(function, asked.alias, 0)
        return 204, {}

    def _point(self, function: Function, alias: Alias, body: Body) -> Body:
        if "RoutingConfig" in body:
            alias = replace(alias, weights=_weights(body["RoutingConfig"]))
        alias = replace(
            alias,
            version=str(body.get("FunctionVersion", alias.version)),
            description=str(body.get("Description", alias.description)),
        )
        function.versions.point(alias)
        if count := function.provisioned.get(alias.name):
            self._service.provisioning.provision(function, alias.name, count)
        return alias_description(function, alias)

    # ---- concurrency -------------------------------------------------------------------------------

    def _account_settings(self) -> Body:
        quota = self._service.concurrency
        return {
            "AccountLimit": {
                "TotalCodeSize": 80_530_636_800,
                "CodeSizeUnzipped": 262_144_000,
                "CodeSizeZipped": 52_428_800,
                "ConcurrentExecutions": quota.account,
                "UnreservedConcurrentExecutions": quota.unreserved,
            },
            "AccountUsage": {"TotalCodeSize": 0, "FunctionCount": len(self._service.functions)},
        }

    def _put_concurrency(self, function: Function, asked: Asked) -> tuple[int, Body]:
        count = asked.number("ReservedConcurrentExecutions", 0, 1_000_000)
        left = self._service.concurrency.unreserved + (function.reserved or 0) - count
        if count and left < limits.UNRESERVED_CONCURRENCY:
            raise invalid(
                "Specified ReservedConcurrentExecutions for function decreases account's "
                f"UnreservedConcurrentExecution below its minimum value of [{limits.UNRESERVED_CONCURRENCY}]."
            )
        self._service.reserve(function.spec.logical_id, count)
        return 200, {"ReservedConcurrentExecutions": count}

    def _get_concurrency(self, function: Function, asked: Asked) -> tuple[int, Body]:
        return 200, {} if function.reserved is None else {"ReservedConcurrentExecutions": function.reserved}

    def _delete_concurrency(self, function: Function, asked: Asked) -> tuple[int, Body]:
        function.reserved = None
        return 204, {}

    def _put_provisioned(self, function: Function, asked: Asked) -> tuple[int, Body]:
        count = asked.number("ProvisionedConcurrentExecutions", 1, 1_000_000)
        if asked.qualifier not in {**function.versions.aliases, **function.versions.published}:
            raise no_such_function(function.spec.arn, asked.qualifier)
        self._service.provisioning.provision(function, asked.qualifier, count)
        return 202, self._provisioned(function, asked.qualifier)

    def _get_provisioned(self, function: Function, asked: Asked) -> tuple[int, Body]:
        if asked.qualifier not in function.provisioned:
            message = f"No Provisioned Concurrency Config found for function: {function.spec.arn}:{asked.qualifier}"
            raise ApiError(404, "ProvisionedConcurrencyConfigNotFoundException", message)
        return 200, self._provisioned(function, asked.qualifier)

    def _delete_provisioned(self, function: Function, asked: Asked) -> tuple[int, Body]:
        self._service.provisioning.provision(function, asked.qualifier, 0)
        return 204, {}

    def _provisioned(self, function: Function, qualifier: str) -> Body:
        asked, available = function.provisioned[qualifier], self._service.provisioning.available(function, qualifier)
        return {
            "RequestedProvisionedConcurrentExecutions": asked,
            "AvailableProvisionedConcurrentExecutions": available,
            "AllocatedProvisionedConcurrentExecutions": available,
            "Status": "READY" if available >= asked else "IN_PROGRESS",
        }

    # ---- recursion -----------------------------------------------------------------------------------

    def _get_recursion(self, function: Function, asked: Asked) -> tuple[int, Body]:
        return 200, {"RecursiveLoop": function.recursive_loop}

    def _put_recursion(self, function: Function, asked: Asked) -> tuple[int, Body]:
        wanted = asked.body.get("RecursiveLoop")
        if wanted not in ("Allow", "Terminate"):
            raise invalid(
                f"1 validation error detected: Value '{wanted}' at 'recursiveLoop' is not Allow or Terminate."
            )
        function.recursive_loop = wanted
        return 200, {"RecursiveLoop": wanted}


def _reply(status: int, body: Body) -> Reply:
    return Reply(status, {"content-type": "application/json"}, b"" if status == 204 else json.dumps(body).encode())


def _alias(function: Function, name: str) -> Alias:
    if name not in function.versions.aliases:
        message = f"Cannot find alias arn: {function.spec.arn}:{name}"
        raise ApiError(404, "ResourceNotFoundException", message)
    return function.versions.aliases[name]


def _weights(routing: Any) -> dict[str, float]:
    """Weights of the further version: Lambda routes to two versions at most."""
    given = routing.get("AdditionalVersionWeights") if isinstance(routing, dict) else None
    if given is not None and not isinstance(given, dict):
        raise invalid("AdditionalVersionWeights must be a map of version to weight.")
    weights: dict[str, float] = {}
    for version, weight in (given or {}).items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
            raise invalid(f"Invalid weight {weight} for version {version}: it must be from 0.0 to 1.0.")
        weights[version] = float(weight)
    if len(weights) > 1:
        raise invalid("Number of items in AdditionalVersionWeights cannot be greater than 1.")
    return weights


def _variables(environment: Any) -> dict[str, str]:
    given = environment.get("Variables", {}) if isinstance(environment, dict) else None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise invalid("Environment variables must be a map of text to text.")
    return dict(given)
