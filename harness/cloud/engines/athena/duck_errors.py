"""What DuckDB says of a query, in Athena's words and with the place in the learner's own statement.

Source: https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.cloud.engines.athena.query_errors import QueryError, exhausted
from harness.cloud.engines.athena.sql.nodes import place

if TYPE_CHECKING:
    import duckdb

_INTEGERS = {"INT8": "TINYINT", "INT16": "SMALLINT", "INT32": "INTEGER", "INT64": "BIGINT"}


def as_query_error(error: "duckdb.Error", tree: dict[str, Any]) -> QueryError:
    """Why the query fails.

    Args:
        tree: what was parsed, for the place.
    """
    import duckdb

    if isinstance(error, duckdb.OutOfMemoryException | duckdb.InterruptException):
        return exhausted()
    said = str(error).partition(": ")[2] or str(error)
    for pattern, make in _MEANINGS:
        if found := re.search(pattern, said):
            return make(found, tree)
    first = said.partition("\n")[0]
    kinds = {
        duckdb.BinderException: "SYNTAX_ERROR",
        duckdb.ConversionException: "INVALID_CAST_ARGUMENT",
        duckdb.OutOfRangeException: "NUMERIC_VALUE_OUT_OF_RANGE",
        duckdb.InvalidInputException: "INVALID_FUNCTION_ARGUMENT",
        duckdb.ParserException: "SYNTAX_ERROR",
        duckdb.NotImplementedException: "NOT_SUPPORTED",
    }
    code = next((code for kind, code in kinds.items() if isinstance(error, kind)), "GENERIC_USER_ERROR")
    return QueryError(code, first)


def _column(found: re.Match[str], tree: dict[str, Any]) -> QueryError:
    name = found[1].lower()
    message = f"Column '{name}' cannot be resolved or requester is not authorized to access requested resources"
    return QueryError("COLUMN_NOT_FOUND", message, at=_reference(tree, name))


def _qualifier(found: re.Match[str], tree: dict[str, Any]) -> QueryError:
    name = found[1].lower()
    at = _find(tree, lambda node: len(node["column_names"]) > 1 and str(node["column_names"][0]).lower() == name)
    whole = ".".join(map(str, at["column_names"])).lower() if at else name
    message = f"Column '{whole}' cannot be resolved or requester is not authorized to access requested resources"
    return QueryError("COLUMN_NOT_FOUND", message, at=place(at) if at else None)


def _ambiguous(found: re.Match[str], tree: dict[str, Any]) -> QueryError:
    name = found[1].lower()
    return QueryError("AMBIGUOUS_NAME", f"Column '{name}' is ambiguous", at=_reference(tree, name))


def _not_grouped(found: re.Match[str], tree: dict[str, Any]) -> QueryError:
    name = found[1].lower()
    message = f"'{name}' must be an aggregate expression or appear in GROUP BY clause"
    return QueryError("EXPRESSION_NOT_AGGREGATE", message, at=_reference(tree, name))


def _parameters(found: re.Match[str], tree: dict[str, Any]) -> QueryError:
    kinds = found[2].replace("_LITERAL", "").replace("STRING", "VARCHAR").lower()
    name = found[1].removeprefix("trino_")
    return QueryError("FUNCTION_NOT_FOUND", f"Unexpected parameters ({kinds}) for function {name}")


def _cast(found: re.Match[str], tree: dict[str, Any]) -> QueryError:
    return QueryError("INVALID_CAST_ARGUMENT", f"Cannot cast '{found[1]}' to {_INTEGERS.get(found[2], found[2])}")


def _says(code: str, message: str) -> Callable[[re.Match[str], dict[str, Any]], QueryError]:
    return lambda found, tree: QueryError(code, message.format(*found.groups()))


_TEXTS = {
    r'(?:date|timestamp) field [^"]*"([^"]*)"': ("INVALID_CAST_ARGUMENT", "Value cannot be cast to date: {0}"),
    r"Division by zero": ("DIVISION_BY_ZERO", "Division by zero"),
    r'Could not parse string "([^"]*)"': ("INVALID_FUNCTION_ARGUMENT", 'Invalid format: "{0}"'),
    r"More than one row returned by a subquery": (
        "SUBQUERY_MULTIPLE_ROWS",
        "Scalar sub-query has returned multiple rows",
    ),
    r"(WHERE|GROUP BY) clause cannot contain aggregates": (
        "EXPRESSION_NOT_SCALAR",
        "{0} clause cannot contain aggregations, window functions or grouping operations",
    ),
    r"aggregate function calls cannot be nested": (
        "NESTED_AGGREGATION",
        "Cannot nest aggregations inside aggregation",
    ),
    r"(ORDER|GROUP BY) term out of range": ("INVALID_COLUMN_REFERENCE", "{0} position is not in select list"),
    r"same number of result columns": ("TYPE_MISMATCH", "UNION query has different number of fields"),
    r"Overflow in (\w+) of INT64": ("NUMERIC_VALUE_OUT_OF_RANGE", "bigint {0} overflow"),
    r"Cannot (?:compare|mix) values of type (\w+)\W.*?(?:and|with) .*?([A-Z]\w+)": (
        "TYPE_MISMATCH",
        "Cannot apply operator: {0} = {1}",
    ),
}

_MEANINGS: tuple[tuple[str, Callable[[re.Match[str], dict[str, Any]], QueryError]], ...] = (
    (r'Referenced column "([^"]+)" not found', _column),
    (r'does not have a column named "([^"]+)"', _column),
    (r'Referenced table "([^"]+)" not found', _qualifier),
    (r'Ambiguous reference to column name "([^"]+)"', _ambiguous),
    (r'column "?([^"\s]+)"? must appear in the GROUP BY', _not_grouped),
    (r"name and argument types '(\w+)\((.*?)\)'", _parameters),
    (r'for the function call "(\w+)\((.*?)\)"', _parameters),
    (r"Could not convert string '([^']*)' to (\w+)", _cast),
    *((pattern, _says(*meaning)) for pattern, meaning in _TEXTS.items()),
)


def _reference(tree: Any, name: str) -> int | None:
    node = _find(tree, lambda node: str(node["column_names"][-1]).lower() == name)
    return place(node) if node else None


def _find(tree: Any, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    """The first reference to a column of which this holds."""
    if isinstance(tree, dict):
        if tree.get("class") == "COLUMN_REF" and wanted(tree):
            return tree
        tree = list(tree.values())
    if isinstance(tree, list):
        return next((found for each in tree if (found := _find(each, wanted))), None)
    return None
