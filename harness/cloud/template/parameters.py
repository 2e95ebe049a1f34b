"""The Parameters section: what the template may be told, and by what rules.

AllowedPattern is accepted and not applied: the values come from the harness, and a regular
expression from a learner could keep the judge busy for ever. Of the ids of a network only the
form is checked: there is no network in which to look them up.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
and https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
"""

import re
from collections.abc import Mapping
from typing import Any

from harness.cloud.template.errors import MissingParameter, ParameterRefused
from harness.cloud.template.shapes import Decimal, Flag, ListOf, NoEffect, Record, Spot, Text, Whole, choice
from harness.cloud.template.tree import Items, Map, Place

PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html"

_IDS = {"AWS::EC2::Subnet::Id": "subnet-", "AWS::EC2::VPC::Id": "vpc-", "AWS::EC2::SecurityGroup::Id": "sg-"}
"""Types of AWS's own, with how their values begin."""

TYPES = (
    *("String", "Number", "CommaDelimitedList", "List<Number>", "List<String>"),
    *(form for kind in _IDS for form in (kind, f"List<{kind}>")),
)

_DECLARATION = Record(
    {
        "Type": choice(" ".join(TYPES)),
        "Default": Text(),
        "AllowedValues": ListOf(Text()),
        "AllowedPattern": NoEffect(),
        "ConstraintDescription": Text(),
        "Description": Text(),
        "MinLength": Whole(0, 4096),
        "MaxLength": Whole(0, 4096),
        "MinValue": Decimal(-1e18, 1e18),
        "MaxValue": Decimal(-1e18, 1e18),
        "NoEcho": Flag(),
    },
    required=("Type",),
)
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")


def effective_parameters(section: Map, given: Mapping[str, str]) -> dict[str, str]:
    """The value of each parameter the template declares, as a text.

    Args:
        section: the template's Parameters.
        given: values from outside; those not declared are ignored.

    Raises:
        MissingParameter: neither a value nor a default.
        ParameterRefused: the value breaks the parameter's rules.
    """
    values = {}
    for name in section:
        spot = Spot(f"parameter {name}", "", section.key_place(name), PAGE)
        declaration: Map = _DECLARATION.check(section[name], spot)
        if name not in given and "Default" not in declaration:
            raise spot.error(
                MissingParameter, f"Parameter {name} has no value.",
                expected="a Default, or a value from whoever deploys", try_=f"add Default to {name}",
            )  # fmt: skip
        value = given[name] if name in given else declaration["Default"]
        _check_rules(name, value, declaration, spot)
        values[name] = value
    return values


def reference_values(section: Map, effective: Mapping[str, str]) -> dict[str, Any]:
    """What Ref of each parameter gives: a text, or a list of texts for the list types."""
    return {name: _as_list(value) if "List" in section[name]["Type"] else value for name, value in effective.items()}


def _as_list(value: str) -> Items:
    items = Items()
    for part in value.split(","):
        items.add(part.strip(), Place(0, 0))
    return items


def _check_rules(name: str, value: str, declaration: Map, spot: Spot) -> None:
    def refuse(rule: str, expected: str) -> None:
        place = declaration.key_places[rule]
        happened = f"Parameter {name} is {value!r}, against its {rule}."
        said = declaration.get("ConstraintDescription", "")
        raise spot.below(rule, place).error(ParameterRefused, happened, expected=said or expected)

    kind = declaration["Type"]
    for part in _as_list(value) if "List" in kind else [value]:
        if "Number" in kind and not _NUMBER.fullmatch(part):
            refuse("Type", "a number")
        prefix = _IDS.get(kind.removeprefix("List<").removesuffix(">"), "")
        if not part.startswith(prefix):
            refuse("Type", f"an id that begins with {prefix}")
        if part not in declaration.get("AllowedValues", [part]):
            refuse("AllowedValues", f"one of {', '.join(declaration['AllowedValues'])}")
    if "Number" in kind and "List" not in kind:
        if float(value) < declaration.get("MinValue", float("-inf")):
            refuse("MinValue", f"at least {declaration['MinValue']:g}")
        if float(value) > declaration.get("MaxValue", float("inf")):
            refuse("MaxValue", f"at most {declaration['MaxValue']:g}")
    if len(value) < declaration.get("MinLength", 0):
        refuse("MinLength", f"at least {declaration['MinLength']} characters")
    if len(value) > declaration.get("MaxLength", len(value)):
        refuse("MaxLength", f"at most {declaration['MaxLength']} characters")
