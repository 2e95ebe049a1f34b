"""The outline of a template: its sections, its resources and what stands beside their properties.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

import re
from typing import Any

from harness.cloud.template.errors import (
    MissingProperty,
    PropertyOutOfRange,
    TemplateTooLarge,
    TransformMissing,
    UnknownResourceType,
    UnknownSection,
    UnresolvedReference,
    UnsupportedFunction,
    WrongType,
    did_you_mean,
)
from harness.cloud.template.intrinsics import Resolver, function_name
from harness.cloud.template.schema import INSTEAD, KNOWN_TYPES, RESOURCE_TYPES
from harness.cloud.template.shapes import described, words
from harness.cloud.template.tree import Items, Map, Place, section
from harness.cloud.template.types_api import instead_of

PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html"
SAM_PAGE = "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy.html"
SAM_TRANSFORM = "AWS::Serverless-2016-10-31"
RESOURCES_LIMIT = 100

MAPPING_SECTIONS = ("Metadata", "Parameters", "Mappings", "Conditions", "Globals", "Resources", "Outputs")
SECTIONS = ("AWSTemplateFormatVersion", "Transform", "Description", *MAPPING_SECTIONS)
ATTRIBUTES = words(
    "Type Properties DependsOn Condition Metadata DeletionPolicy UpdateReplacePolicy IgnoreGlobals Description"
)
UNSUPPORTED = {
    "Rules": "remove it, or use AllowedValues of the parameters",
    "Hooks": "remove it",
    "Fn::Transform": "write its result into the template",
}


def check_outline(template: Map) -> None:
    """The template has only sections CloudFormation knows, and its Transform is SAM's.

    Raises:
        UnknownSection, UnsupportedFunction, TransformMissing, WrongType, MissingProperty.
    """
    for key in template:
        place = template.key_place(key)
        if key in UNSUPPORTED:
            raise UnsupportedFunction(
                f"The section {key} is not supported by this simulator.", try_=UNSUPPORTED[key], line=place.line
            )
        if key not in SECTIONS:
            raise UnknownSection(
                f"A template has no section {key}.", expected=f"one of {', '.join(SECTIONS)}",
                try_=did_you_mean(key, SECTIONS), see=PAGE, line=place.line, column=place.column,
            )  # fmt: skip
        if key in MAPPING_SECTIONS and not isinstance(template[key], Map):
            raise _wrong(key, template[key], "a mapping", template.value_place(key))
    version = template.get("AWSTemplateFormatVersion", "2010-09-09")
    if version != "2010-09-09":
        place = template.value_place("AWSTemplateFormatVersion")
        raise _wrong("AWSTemplateFormatVersion", version, "2010-09-09", place)
    if not template.get("Resources"):
        raise MissingProperty("The template has no Resources.", expected="at least one resource", see=PAGE)
    _check_transform(template)


def _check_transform(template: Map) -> None:
    transforms = template.get("Transform", [])
    for transform in transforms if isinstance(transforms, Items) else [transforms] if transforms else []:
        if transform != SAM_TRANSFORM:
            place = template.value_place("Transform")
            raise UnsupportedFunction(
                f"The transform {described(transform)} is not supported by this simulator.", expected=SAM_TRANSFORM,
                see=SAM_PAGE, line=place.line, column=place.column,
            )  # fmt: skip
    if not transforms:
        for name, resource in template["Resources"].items():
            if isinstance(resource, Map) and str(resource.get("Type", "")).startswith("AWS::Serverless::"):
                place = template["Resources"].key_place(name)
                raise TransformMissing(
                    f"{name} is of type {resource['Type']}, and the template has no Transform.",
                    expected=f"Transform: {SAM_TRANSFORM} at the top of the template",
                    see=SAM_PAGE, line=place.line, column=place.column,
                )  # fmt: skip


def check_resources(resources: Map) -> None:
    """Every resource has a type this simulator knows, and only attributes that exist.

    Raises:
        TemplateTooLarge, PropertyOutOfRange, WrongType, MissingProperty, UnknownSection,
        UnknownResourceType.
    """
    if len(resources) > RESOURCES_LIMIT:
        raise TemplateTooLarge(f"The template has {len(resources)} resources.", expected=f"at most {RESOURCES_LIMIT}")
    for name, resource in resources.items():
        place = resources.key_place(name)
        if not re.fullmatch(r"[A-Za-z0-9]{1,255}", name):
            raise PropertyOutOfRange(
                f"{name} cannot be the name of a resource.", expected="1 to 255 letters and digits",
                see=PAGE, line=place.line, column=place.column,
            )  # fmt: skip
        if not isinstance(resource, Map):
            raise _wrong(name, resource, "a mapping with Type and Properties", resources.value_place(name))
        _check_attributes(name, resource)
        _check_type(name, resource, place)


def _check_attributes(name: str, resource: Map) -> None:
    for key in resource:
        if key not in ATTRIBUTES:
            place = resource.key_place(key)
            known = RESOURCE_TYPES.get(str(resource.get("Type")))
            inside = known is not None and key in known.properties.properties
            raise UnknownSection(
                f"{name} has {key} beside its Type.", expected=f"one of {', '.join(ATTRIBUTES)}",
                try_=f"move {key} below Properties" if inside else did_you_mean(key, ATTRIBUTES),
                see=PAGE, line=place.line, column=place.column,
            )  # fmt: skip
    if not isinstance(resource.get("Properties", Map()), Map):
        raise _wrong(f"Properties of {name}", resource["Properties"], "a mapping", resource.value_place("Properties"))


def _check_type(name: str, resource: Map, place: Place) -> None:
    if "Type" not in resource:
        raise MissingProperty(
            f"{name} has no Type.", expected="a resource type, as in AWS::SQS::Queue", line=place.line
        )
    kind = str(resource["Type"])
    if kind in RESOURCE_TYPES:
        return
    place = resource.value_place("Type")
    exists = kind in KNOWN_TYPES or kind.startswith("Custom::")
    instead = INSTEAD.get(kind) or instead_of(kind)
    raise UnknownResourceType(
        f"{name} is of type {kind}, which "
        + ("this simulator does not support yet." if exists else "does not exist, or is not known here."),
        expected=f"one of {', '.join(RESOURCE_TYPES)}",
        try_=instead if exists else did_you_mean(kind, [*RESOURCE_TYPES, *KNOWN_TYPES]),
        line=place.line, column=place.column,
    )  # fmt: skip


def existing_resources(resources: Map, resolver: Resolver) -> Map:
    """The resources whose condition holds, in the order of the file."""
    existing = Map(resources.place)
    for name, resource in resources.items():
        condition = resource.get("Condition")
        if condition is None or resolver.conditions.holds(str(condition), resource.value_place("Condition")):
            existing.put(name, resource, resources.key_place(name), resources.value_place(name))
    return existing


def dependencies(name: str, resource: Map, resources: Map) -> dict[str, Place]:
    """The resources a DependsOn names.

    Raises:
        UnresolvedReference: one of them is not in the template.
    """
    if "DependsOn" not in resource:
        return {}
    place = resource.value_place("DependsOn")
    listed: Any = resource["DependsOn"]
    needed = listed if isinstance(listed, Items) else [listed]
    for other in needed:
        if not isinstance(other, str) or other not in resources:
            raise UnresolvedReference(
                f"{name} depends on {described(other)}, which is not in this template.",
                try_=did_you_mean(str(other), resources), line=place.line, column=place.column,
            )  # fmt: skip
    return dict.fromkeys(needed, place)


def output_values(outputs: Map, resolver: Resolver) -> dict[str, str]:
    """The Outputs section, resolved; those whose condition does not hold are left out."""
    values = {}
    for name in outputs:
        output = section(outputs, name)
        place = outputs.key_place(name)
        if "Value" not in output:
            raise MissingProperty(f"Output {name} has no Value.", expected="Value is required", line=place.line)
        condition = output.get("Condition")
        if condition is None or resolver.conditions.holds(str(condition), output.value_place("Condition")):
            values[name] = resolver.text(output["Value"], output.value_place("Value"), f"Output {name}")
    return values


def _wrong(what: str, value: object, expected: str, place: Place) -> WrongType:
    if isinstance(value, Map) and function_name(value):
        expected += " without an intrinsic function"
    return WrongType(
        f"{what} is {described(value)}.", expected=expected, see=PAGE, line=place.line, column=place.column
    )
