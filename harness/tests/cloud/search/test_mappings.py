"""Mappings: what a field takes, how it grows, what it refuses.

Source: https://docs.opensearch.org/latest/field-types/supported-field-types/index/
"""

from typing import Any

import pytest

from harness.tests.cloud.search.domain import Domain


def create(domain: Domain, properties: dict[str, Any], **mappings: Any) -> None:
    said = domain.ask_for("PUT", "/x", {"mappings": {"properties": properties, **mappings}})
    assert said.status == 200, said.text


def write(domain: Domain, source: dict[str, Any]) -> Any:
    return domain.ask_for("PUT", "/x/_doc/1", source)


def found(domain: Domain, query: dict[str, Any]) -> int:
    domain.ask_for("POST", "/x/_refresh")
    return int(domain.ask_for("POST", "/x/_count", {"query": query}).body["count"])


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("long", "abc", 'For input string: "abc"'),
        ("integer", 2**31, "Value [2147483648] is out of range for a integer"),
        ("byte", 128, "Value [128] is out of range for a byte"),
        ("double", True, "Current token (VALUE_TRUE) not numeric, can not use numeric value accessors"),
        ("boolean", 1, "Failed to parse value [1] as only [true] or [false] are allowed."),
        ("date", "soon", "failed to parse date field [soon] with format [strict_date_optional_time||epoch_millis]"),
        ("keyword", {"a": 1}, "Can't get text on a START_OBJECT at 1:1"),
        ("text", {"a": 1}, "Can't get text on a START_OBJECT at 1:1"),
        ("geo_point", "here", "unsupported symbol or form [here] of a geo_point"),
        ("geo_point", {"lat": 1}, "field [lon] missing"),
        ("geo_point", {"lat": 1, "lon": 181}, "illegal longitude value [181.0] for field"),
        ("geo_point", [0, 91], "illegal latitude value [91.0] for field"),
        ("completion", {"input": 1}, "input array must only contain string values, but was [OBJECT]"),
        ("completion", {"input": "a", "weight": -1}, "weight must be in the interval [0..2147483647], but was [-1]"),
    ],
)
def test_a_value_that_does_not_fit_its_field_is_refused(domain: Domain, kind: str, value: Any, reason: str) -> None:
    create(domain, {"field": {"type": kind}})
    said = write(domain, {"field": value})

    assert said.error[:2] == (400, "mapper_parsing_exception")
    assert said.error[2].startswith(f"failed to parse field [field] of type [{kind}]")
    assert said.body["error"]["caused_by"]["reason"] == reason
    assert domain.service.index("x").count == 0


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("long", "5", 5),
        ("integer", 5.9, 5),
        ("double", "1.5", 1.5),
        ("boolean", "true", True),
        ("keyword", 7, "7"),
        ("date", 86_400_000, "1970-01-02"),
        ("date", "1970-01-01", 0),
        ("long", [1, [2, 3], None], 3),
    ],
)
def test_a_value_is_read_as_its_field_says(domain: Domain, kind: str, value: Any, term: Any) -> None:
    create(domain, {"field": {"type": kind}})
    assert write(domain, {"field": value}).status == 201
    assert found(domain, {"term": {"field": term}}) == 1


@pytest.mark.parametrize("place", [{"lat": 1, "lon": 2}, "1,2", [2, 1], "POINT (2 1)", [[2, 1], [3, 1]]])
def test_a_place_has_several_forms(domain: Domain, place: Any) -> None:
    create(domain, {"field": {"type": "geo_point"}})
    assert write(domain, {"field": place}).status == 201
    assert found(domain, {"exists": {"field": "field"}}) == 1


def test_a_malformed_value_may_be_ignored(domain: Domain) -> None:
    create(domain, {"field": {"type": "long", "ignore_malformed": True}})
    assert write(domain, {"field": "abc"}).status == 201
    assert found(domain, {"exists": {"field": "field"}}) == 0


def test_a_long_keyword_may_be_ignored_and_a_huge_one_is_refused(domain: Domain) -> None:
    create(domain, {"short": {"type": "keyword", "ignore_above": 3}, "any": {"type": "keyword"}})
    assert write(domain, {"short": "abcd"}).status == 201
    assert found(domain, {"exists": {"field": "short"}}) == 0
    assert "immense term" in write(domain, {"any": "a" * 32_767}).body["error"]["caused_by"]["reason"]


def test_null_value_stands_for_null(domain: Domain) -> None:
    create(domain, {"field": {"type": "keyword", "null_value": "NONE"}})
    write(domain, {"field": None})
    assert found(domain, {"term": {"field": "NONE"}}) == 1


def test_unknown_fields_are_kept_and_not_indexed_with_dynamic_false(domain: Domain) -> None:
    create(domain, {"a": {"type": "long"}}, dynamic=False)
    write(domain, {"a": 1, "b": {"c": 2}})

    assert domain.service.index("x").document("1") == {"a": 1, "b": {"c": 2}}
    assert found(domain, {"term": {"b.c": 2}}) == 0
    assert list(domain.ask_for("GET", "/x/_mapping").body["x"]["mappings"]["properties"]) == ["a"]


def test_unknown_fields_are_refused_with_dynamic_strict(domain: Domain) -> None:
    create(domain, {"a": {"type": "long"}}, dynamic="strict")
    assert write(domain, {"b": 1}).error == (
        400,
        "strict_dynamic_mapping_exception",
        "mapping set to strict, dynamic introduction of [b] within [_doc] is not allowed",
    )


def test_dynamic_mapping_takes_the_type_from_the_first_value(domain: Domain) -> None:
    create(domain, {})
    write(domain, {"i": 1, "f": 1.5, "b": True, "t": "x", "d": "2026-03-01", "o": {"n": [2]}, "none": None, "e": []})

    properties = domain.ask_for("GET", "/x/_mapping").body["x"]["mappings"]["properties"]
    assert {name: field.get("type") for name, field in properties.items()} == {
        "i": "long",
        "f": "float",
        "b": "boolean",
        "t": "text",
        "d": "date",
        "o": None,
    }
    assert properties["o"] == {"properties": {"n": {"type": "long"}}}
    assert found(domain, {"term": {"t.keyword": "x"}}) == 1


def test_a_document_that_is_refused_adds_no_field(domain: Domain) -> None:
    create(domain, {"n": {"type": "long"}})
    assert write(domain, {"new": "x", "n": "abc"}).status == 400
    assert list(domain.ask_for("GET", "/x/_mapping").body["x"]["mappings"]["properties"]) == ["n"]


def test_an_object_and_a_value_do_not_go_together(domain: Domain) -> None:
    create(domain, {"o": {"properties": {"a": {"type": "long"}}}})
    assert write(domain, {"o": 1}).error[2] == (
        "object mapping for [o] tried to parse field [o] as object, but found a concrete value"
    )
    assert write(domain, {"o.a": 1}).status == 201
    assert found(domain, {"term": {"o.a": 1}}) == 1


def test_metadata_is_no_field(domain: Domain) -> None:
    create(domain, {})
    assert write(domain, {"_id": "1"}).error[2].startswith("Field [_id] is a metadata field")


def test_a_mapping_grows_and_does_not_change(domain: Domain) -> None:
    create(domain, {"a": {"type": "keyword"}})

    assert domain.ask_for("PUT", "/x/_mapping", {"properties": {"b": {"type": "long"}}}).status == 200
    more = {"properties": {"a": {"type": "keyword", "fields": {"t": {"type": "text"}}}}}
    assert domain.ask_for("PUT", "/x/_mapping", more).status == 200
    other = {"properties": {"a": {"type": "long"}, "c": {"type": "long"}}}
    said = domain.ask_for("PUT", "/x/_mapping", other)
    assert said.error[2] == "mapper [a] cannot be changed from type [keyword] to [long]"
    assert sorted(domain.ask_for("GET", "/x/_mapping").body["x"]["mappings"]["properties"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("field", "kind", "reason"),
    [
        ({"type": "txt"}, "mapper_parsing_exception", "No handler for type [txt] declared on field [f]"),
        ({"type": "long", "analyser": "x"}, "mapper_parsing_exception", "unknown parameter [analyser] on mapper [f]"),
        ({"type": "text", "analyzer": "no"}, "mapper_parsing_exception", "analyzer [no] has not been configured"),
        ({"type": "keyword", "normalizer": "no"}, "mapper_parsing_exception", "normalizer [no] not found for field"),
        ({"type": "nested"}, "illegal_argument_exception", "type [nested] of field [f] is not supported by this"),
        (
            {"type": "text", "norms": False},
            "illegal_argument_exception",
            "[norms: False] of field [f] is not supported",
        ),
        ({"type": "text", "copy_to": "g"}, "illegal_argument_exception", "parameter [copy_to] of field [f] is not"),
    ],
)
def test_a_mapping_that_cannot_be_read_is_refused(domain: Domain, field: Any, kind: str, reason: str) -> None:
    said = domain.ask_for("PUT", "/x", {"mappings": {"properties": {"f": field}}})

    assert said.error[:2] == (400, kind)
    assert reason in said.error[2]
    assert not domain.service.index("x").exists


def test_a_mapping_has_at_most_so_many_fields(domain: Domain) -> None:
    properties = {f"f{number}": {"type": "long"} for number in range(3)}
    body = {"settings": {"index.mapping.total_fields.limit": 2}, "mappings": {"properties": properties}}
    assert domain.ask_for("PUT", "/x", body).error[2] == "Limit of total fields [2] has been exceeded"
