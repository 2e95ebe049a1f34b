"""Builds the specs of versions and aliases, and refuses what AWS refuses to create.

Sources: https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
"""

from collections.abc import Mapping

from harness.cloud.template.errors import DuplicateName, PropertiesContradict
from harness.cloud.template.model import FunctionSpec
from harness.cloud.template.model_functions import AliasSpec, VersionSpec
from harness.cloud.template.schema import ALIAS, FUNCTION, VERSION
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import section

_LATEST = "$LATEST"


def version_specs(stack: Stack, functions: Mapping[str, FunctionSpec]) -> dict[str, VersionSpec]:
    """All published versions: those of the template, and SAM's own for AutoPublishAlias."""
    specs: dict[str, VersionSpec] = {}
    published = {function.logical_id: function.logical_id for function in functions.values() if function.alias}
    for version in stack.of(VERSION):
        function = _function(version, stack)
        if function in published:
            raise version.spot("FunctionName").error(
                PropertiesContradict,
                f"{version.logical_id} publishes {function} again, which {published[function]} has published.",
                expected="one version of an unchanged function: AWS refuses a second one",
            )
        published[function] = version.logical_id
        specs[version.logical_id] = VersionSpec(
            logical_id=version.logical_id,
            function=function,
            provisioned_concurrency=_provisioned(version),
            line=version.place.line,
        )
    return specs


def alias_specs(
    stack: Stack, functions: Mapping[str, FunctionSpec], versions: Mapping[str, VersionSpec]
) -> dict[str, AliasSpec]:
    """All aliases: those of the template, and SAM's own for AutoPublishAlias."""
    specs = {f"{each.logical_id}Alias{each.alias}": _automatic(each) for each in functions.values() if each.alias}
    published = {version.function for version in versions.values()}
    published |= {each.logical_id for each in functions.values() if each.alias}
    for alias in stack.of(ALIAS):
        spec = _alias(alias, stack, published)
        for other in specs.values():
            if (other.function, other.name) == (spec.function, spec.name):
                raise alias.spot("Name").error(
                    DuplicateName, f"{spec.function} has two aliases called {spec.name}.",
                    expected="a name of its own for each",
                )  # fmt: skip
        specs[alias.logical_id] = spec
    return specs


def _automatic(function: FunctionSpec) -> AliasSpec:
    return AliasSpec(
        logical_id=f"{function.logical_id}Alias{function.alias}",
        function=function.logical_id,
        name=function.alias,
        version="1",
        provisioned_concurrency=function.provisioned_concurrency,
        line=function.line,
    )


def _alias(alias: Resource, stack: Stack, published: set[str]) -> AliasSpec:
    properties = alias.properties
    function = _function(alias, stack)
    weights = {
        weight["FunctionVersion"]: weight["FunctionWeight"]
        for weight in section(properties, "RoutingConfig").get("AdditionalVersionWeights", ())
    }
    named = [properties["FunctionVersion"], *weights]
    for version in named:
        if (version != "1" and (version != _LATEST or weights)) or (version == "1" and function not in published):
            raise alias.spot("FunctionVersion" if version == named[0] else "RoutingConfig").error(
                PropertiesContradict, f"{alias.logical_id} names version {version} of {function}.",
                expected="a version that the template publishes, or $LATEST without RoutingConfig",
                try_="add an AWS::Lambda::Version, and write !GetAtt ThatVersion.Version",
            )  # fmt: skip
    if named[0] == _LATEST and "ProvisionedConcurrencyConfig" in properties:
        raise alias.spot("ProvisionedConcurrencyConfig").error(
            PropertiesContradict, f"{alias.logical_id} provisions concurrency for $LATEST.",
            expected="an alias of a published version",
        )  # fmt: skip
    return AliasSpec(
        logical_id=alias.logical_id,
        function=function,
        name=properties["Name"],
        version=named[0],
        weights=weights,
        provisioned_concurrency=_provisioned(alias),
        description=properties.get("Description", ""),
        line=alias.place.line,
    )


def _function(resource: Resource, stack: Stack) -> str:
    """Logical id of the function whose version or alias it is."""
    named = stack.named(resource.properties["FunctionName"], (FUNCTION,), resource.spot("FunctionName"))
    return named.logical_id


def _provisioned(resource: Resource) -> int:
    count: int = section(resource.properties, "ProvisionedConcurrencyConfig").get("ProvisionedConcurrentExecutions", 0)
    return count
