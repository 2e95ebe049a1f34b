"""Partition projection: which values a key can have.

https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
"""

import re
from datetime import UTC, datetime

import pytest

from harness.cloud.engines.athena.query_errors import QueryError
from harness.cloud.engines.athena.storage.projection import is_projected, location_expression, projected_key

WEEKLY = {"format": "yyyyMMdd", "range": "20260101,20260131", "interval": "1", "interval_unit": "WEEKS"}
NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def contains(value: str, **properties: str) -> bool:
    """Whether a value is one of a key `k` with these properties."""
    named = {f"projection.k.{name.replace('_', '.')}": text for name, text in properties.items()}
    key = projected_key("k", named, NOW)
    return re.fullmatch(key.expression, value) is not None and key.contains(value)


@pytest.mark.parametrize(
    ("value", "properties", "expected"),
    [
        ("b", {"values": "a,b"}, True), ("c", {"values": "a,b"}, False), ("b ", {"values": "a,b"}, False),
    ],
)  # fmt: skip
def test_enum_has_its_values(value: str, properties: dict[str, str], expected: bool) -> None:
    assert contains(value, type="Enum", **properties) is expected


@pytest.mark.parametrize(
    ("value", "properties", "expected"),
    [
        ("7", {}, True), ("07", {}, False), ("24", {}, False), ("-1", {}, False), ("07", {"digits": "2"}, True),
        ("7", {"digits": "2"}, False), ("6", {"interval": "3"}, True), ("7", {"interval": "3"}, False),
    ],
)  # fmt: skip
def test_integer_has_a_range_an_interval_and_digits(value: str, properties: dict[str, str], expected: bool) -> None:
    assert contains(value, type="integer", **{"range": "0, 23", **properties}) is expected


@pytest.mark.parametrize(
    ("value", "properties", "expected"),
    [
        ("2026-01-05", {}, True), ("2026-01-06", {}, False), ("2025-12-31", {}, False), ("2026-1-5", {}, False),
        ("2026-02-30", {}, False), ("2026-01-03", {"range": "NOW-3DAYS,NOW"}, True),
        ("2026-01-01", {"range": "NOW-3DAYS,NOW"}, False), ("2026-01-07", {"range": "2026-01-01,NOW+2DAYS"}, True),
        ("2026-01-04", {"interval": "2"}, False), ("2026-01-05", {"interval": "2"}, True),
        ("2026-01", {"format": "yyyy-MM", "range": "NOW-1YEARS,NOW"}, True),
        ("2024-12", {"format": "yyyy-MM", "range": "NOW-1YEARS,NOW"}, False),
        ("2026/01/05/09", {"format": "yyyy/MM/dd/HH", "range": "2026/01/01/00,NOW"}, True),
        ("2026/01/05/10", {"format": "yyyy/MM/dd/HH", "range": "2026/01/01/00,NOW"}, False),
        ("20260103", WEEKLY, False), ("20260108", WEEKLY, True),
    ],
)  # fmt: skip
def test_date_has_a_format_a_range_up_to_now_and_an_interval(
    value: str, properties: dict[str, str], expected: bool
) -> None:
    usual = {"format": "yyyy-MM-dd", "range": "2026-01-01,NOW"}
    assert contains(value, type="date", **{**usual, **properties}) is expected


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"type": "injected"}, "NOT_SUPPORTED: projection.k.type is injected"),
        ({"type": "float"}, "Invalid partition projection of column k: type is 'float'"),
        ({}, "type is ''"),
        ({"type": "enum"}, "values is missing"),
        ({"type": "integer", "range": "1-3"}, "range is two whole numbers"),
        ({"type": "date", "range": "2026-01-01,NOW"}, "format is missing"),
        ({"type": "date", "format": "yyyy-QQ", "range": "2026-1,NOW"}, "the format's 'QQ' is not simulated"),
        ({"type": "date", "format": "yyyy-MM-dd", "range": "yesterday,NOW"}, "range has 'yesterday'"),
        ({"type": "date", "format": "yyyy-MM-dd", "range": "NOW-99999YEARS,NOW"}, "which is no date"),
    ],
)
def test_properties_that_make_no_sense_fail_the_query(properties: dict[str, str], message: str) -> None:
    with pytest.raises(QueryError, match=re.escape(message)):
        contains("x", **properties)


def test_projection_is_on_only_where_it_is_enabled() -> None:
    assert is_projected({"projection.enabled": "TRUE"})
    assert not is_projected({"projection.k.type": "enum"})


def test_a_location_template_names_every_key_and_no_other() -> None:
    keys = {"a": projected_key("a", {"projection.a.type": "enum", "projection.a.values": "x,y.z"}, NOW)}

    matched = location_expression("base/${a}/raw", keys).fullmatch("base/y.z/raw/deep/file.json")
    assert matched is not None
    assert matched["a"] == "y.z"
    assert location_expression("base/${a}/raw", keys).fullmatch("base/yxz/raw/file.json") is None
    for template, message in (("base/${b}", "names b, no partition key"), ("base/", "lacks \\$\\{a\\}")):
        with pytest.raises(QueryError, match=message):
            location_expression(template, keys)
