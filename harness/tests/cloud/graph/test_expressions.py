"""Values and operators, nulls included: cases in the manner of the technology compatibility kit.

Source: https://s3.amazonaws.com/artifacts.opencypher.org/openCypher9.pdf
"""

import pytest

from harness.tests.cloud.graph.database import Database


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3 - 4", 3),
        ("(1 + 2) * 3", 9),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("7.0 / 2", 3.5),
        ("-7 % 3", -1),
        ("- - 1", 1),
        ("'a' + 'b' + 1", "ab1"),
        ("[1] + [2] + 3", [1, 2, 3]),
        ("1 = 1.0", True),
        ("1 = true", False),
        ("'1' = 1", False),
        ("[1, 2] = [1, 2]", True),
        ("[1, null] = [1, 2]", None),
        ("[1, null] = [2, null]", False),
        ("{a: 1} = {a: 1.0}", True),
        ("null = null", None),
        ("null <> 1", None),
        ("1 < 'a'", None),
        ("'a' < 'b'", True),
        ("null IS NULL", True),
        ("true AND null", None),
        ("false AND null", False),
        ("true OR null", True),
        ("false OR null", None),
        ("true XOR null", None),
        ("NOT null", None),
        ("1 IN [1, null]", True),
        ("2 IN [1, null]", None),
        ("2 IN []", False),
        ("null IN [1]", None),
        ("1 + null", None),
        ("'abc' CONTAINS null", None),
        ("CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END", "two"),
        ("CASE WHEN null THEN 1 ELSE 2 END", 2),
        ("CASE 5 WHEN 1 THEN 1 END", None),
        ("[1, 2, 3][-1]", 3),
        ("[1][5]", None),
        ("{a: {b: 2}}.a.b", 2),
        ("{a: 1}['a']", 1),
        ("$map.x", 7),
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("'it\\'s \\u0041'", "it's A"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.0 / 0", "inf"),
        ("-9223372036854775808", -9223372036854775808),
        ("[1] + 2 IN [3] + 4", False),
        ("[1] + (2 IN [3]) + 4", [1, False, 4]),
        ("-1 IN [-1]", True),
        ("1 + 1 IS NULL", False),
    ],
)
def test_an_expression_has_the_value_of_the_language(database: Database, expression: str, value: object) -> None:
    found = database.value(expression, map={"x": 7})
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("coalesce(null, 2, 3)", 2),
        ("coalesce(null)", None),
        ("size('abc')", 3),
        ("SIZE([1, 2])", 2),
        ("size(null)", None),
        ("head([])", None),
        ("last([1, 2])", 2),
        ("tail([1, 2])", [2]),
        ("range(1, 3)", [1, 2, 3]),
        ("range(3, 1, -2)", [3, 1]),
        ("reverse('abc')", "cba"),
        ("toInteger('12')", 12),
        ("toInteger('1.9')", 1),
        ("toInteger('x')", None),
        ("toFloat('1.5')", 1.5),
        ("toBoolean('TRUE')", True),
        ("toString(true)", "true"),
        ("toLower('Ab') + toUpper('Ab')", "abAB"),
        ("trim(' a ') + ltrim(' a') + rtrim('a ')", "aaa"),
        ("left('abc', 2) + right('abc', 2)", "abbc"),
        ("substring('abcd', 1, 2)", "bc"),
        ("replace('aba', 'a', 'xx')", "xxbxx"),
        ("split('a,b', ',')", ["a", "b"]),
        ("abs(-2) + sign(-3)", 1),
        ("ceil(1.2) + floor(1.8) + round(1.5)", 5.0),
        ("sqrt(4)", 2.0),
        ("keys({a: 1, b: 2})", ["a", "b"]),
    ],
)
def test_a_function_does_what_the_language_says(database: Database, call: str, value: object) -> None:
    assert database.value(call) == value


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("1 / 0", "/ by zero"),
        ("1 + true", "+ takes numbers"),
        ("'a' - 1", "- takes numbers"),
        ("NOT 1", "a condition must be a boolean"),
        ("n.x", "only a node, a relationship or a map has a property `x`"),
        ("1 IN 2", "IN takes a list"),
        ("size(1)", "size() does not take an integer"),
        ("left('a')", "left() takes 2 arguments"),
        ("sum([1])", "sum() takes numbers"),
    ],
)
def test_what_makes_no_sense_is_a_malformed_query(database: Database, expression: str, words: str) -> None:
    error = database.refused(f"WITH 1 AS n RETURN {expression}")
    assert (error.code, error.words) == ("MalformedQueryException", words)


@pytest.mark.parametrize("expression", ["9223372036854775807 + 1", "9223372036854775808", "-9223372036854775808 - 1"])
def test_a_number_has_64_bits(database: Database, expression: str) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/errors-engine-codes.html"""
    assert database.refused(f"RETURN {expression}").code == "InvalidNumericDataException"


def test_values_of_different_types_have_an_order(database: Database) -> None:
    query = "UNWIND [null, 2, 'b', true, 1.5, [1], 'a', {x: 1}, false] AS v RETURN v ORDER BY v"
    found = [row["v"] for row in database.rows(query)]
    assert found == [{"x": 1}, [1], "a", "b", False, True, 1.5, 2, None]
