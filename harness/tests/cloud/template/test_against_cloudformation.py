"""The schema agrees with CloudFormation's own, which cfn-lint carries. Skipped without cfn-lint."""

from typing import Any

import pytest

from harness.cloud.template.schema import MAPPING, QUEUE, RESOURCE_TYPES, RULE, TABLE
from harness.cloud.template.shapes import Whole

pytest.importorskip("cfnlint")

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER


def provider_schema(kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    return schema


@pytest.mark.parametrize("kind", [QUEUE, TABLE, MAPPING, RULE])
def test_every_property_of_a_type_is_decided_on_and_none_is_invented(kind: str) -> None:
    schema = provider_schema(kind)
    read_only = {path.rpartition("/")[2] for path in schema["readOnlyProperties"]}

    assert set(RESOURCE_TYPES[kind].properties.properties) == set(schema["properties"]) - read_only


@pytest.mark.parametrize("kind", [QUEUE, MAPPING])
def test_numbers_have_cloudformations_ranges(kind: str) -> None:
    schema = provider_schema(kind)["properties"]
    ours = {
        name: shape for name, shape in RESOURCE_TYPES[kind].properties.properties.items() if isinstance(shape, Whole)
    }

    assert ours.keys() <= schema.keys()
    assert {name: (min(shape.least, shape.least if shape.also is None else shape.also), shape.most)
            for name, shape in ours.items()} == {
        name: (schema[name]["minimum"], schema[name]["maximum"]) for name in ours
    }  # fmt: skip
