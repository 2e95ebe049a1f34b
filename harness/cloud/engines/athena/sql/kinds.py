"""Types of simple expressions, and Trino's refusal to compare what is not of one kind.

DuckDB would compare `dt = 20260302` by turning texts into numbers; Athena fails, and so does
this. Only where both types can be seen: columns of tables, literals, casts, some functions.

Source: https://docs.aws.amazon.com/athena/latest/ug/engine-versions-reference-0003.html
"""

from harness.cloud.engines.athena.sql.nodes import Node, arguments, refuse
from harness.cloud.engines.athena.sql.scopes import Scope

_NUMBERS = ("tinyint", "smallint", "integer", "bigint", "real", "double", "decimal")
_SIGNS = {
    "COMPARE_EQUAL": "=",
    "COMPARE_NOTEQUAL": "<>",
    "COMPARE_LESSTHAN": "<",
    "COMPARE_GREATERTHAN": ">",
    "COMPARE_LESSTHANOREQUALTO": "<=",
    "COMPARE_GREATERTHANOREQUALTO": ">=",
    "COMPARE_DISTINCT_FROM": "IS DISTINCT FROM",
    "COMPARE_NOT_DISTINCT_FROM": "IS DISTINCT FROM",
}
_ARITHMETIC = {"+": "+", "-": "-", "*": "*", "//": "/", "%": "%"}
_TEXTS = ("substr", "substring", "lower", "upper", "trim", "replace", "split_part", "date_format", "concat", "||")
_COUNTS = ("count", "count_star", "length", "row_number", "rank", "year", "month", "day", "hour", "approx_distinct")


def type_of(node: Node, scope: Scope) -> str:
    """The type of an expression as Trino writes it; "" where it cannot be seen."""
    kind = node.get("class")
    if kind == "COLUMN_REF":
        return scope.type_of(node["column_names"])
    if kind == "CONSTANT":
        return _literal(node)
    if kind == "CAST":
        name = str(node["type_expr"].get("type_name", "")).lower()
        return {"int": "integer", "float": "real", "numeric": "decimal"}.get(name, name)
    if kind in ("FUNCTION", "WINDOW"):
        return _function(node, scope)
    return ""


def _literal(node: Node) -> str:
    kind, text = node["literal"].get("kind"), node["literal"].get("text", "")
    if kind == "STRING":
        return f"varchar({len(text)})"
    if kind == "INTEGER":
        return "integer" if len(text) < 10 else "bigint"
    if kind == "NUMERIC":
        return "double" if "e" in text.lower() else "decimal"
    return "boolean" if kind == "BOOLEAN" else ""


def _function(node: Node, scope: Scope) -> str:
    name = node["function_name"].lower()
    if name in _TEXTS:
        return "varchar"
    if name in _COUNTS:
        return "bigint"
    if node.get("is_operator") and name in _ARITHMETIC:
        kinds = [type_of(each, scope) for each in arguments(node)]
        return kinds[0] if all(group(kind) == "number" for kind in kinds) else ""
    return ""


def group(kind: str) -> str:
    """What a type can be compared with; "" where that is not known."""
    bare = kind.partition("(")[0]
    if bare in _NUMBERS:
        return "number"
    if bare in ("varchar", "char"):
        return "text"
    if bare in ("date", "timestamp", "timestamp with time zone"):
        return "instant"
    return bare if bare == "boolean" else ""


def check(node: Node, scope: Scope) -> None:
    """Refuses a comparison or sum of two kinds. Raises QueryError."""
    kind = node.get("class")
    if kind == "COMPARISON":
        _same(node, _SIGNS.get(node["type"], "="), [node["left"], node["right"]], scope)
    elif kind == "BETWEEN":
        _same(node, "BETWEEN", [node["input"], node["lower"], node["upper"]], scope)
    elif kind == "OPERATOR" and node["type"] in ("COMPARE_IN", "COMPARE_NOT_IN"):
        _same(node, "IN", node["children"], scope)
    elif kind == "FUNCTION" and node.get("is_operator"):
        _operator(node, scope)


def _same(node: Node, sign: str, operands: list[Node], scope: Scope) -> None:
    first = type_of(operands[0], scope)
    for operand in operands[1:]:
        other = type_of(operand, scope)
        if group(first) and group(other) and group(first) != group(other):
            if sign == "IN":
                raise refuse("TYPE_MISMATCH", f"IN value and list items must be the same type: {first}", operand)
            raise refuse("TYPE_MISMATCH", f"Cannot apply operator: {first} {sign} {other}", node)


def _operator(node: Node, scope: Scope) -> None:
    name = node["function_name"]
    kinds = [type_of(each, scope) for each in arguments(node)]
    groups = [group(kind) for kind in kinds]
    if name == "||" and "" not in groups and groups != ["text", "text"]:
        raise refuse("FUNCTION_NOT_FOUND", f"Unexpected parameters ({', '.join(kinds)}) for function concat", node)
    if name in ("~~", "!~~", "like_escape", "not_like_escape") and groups[0] not in ("", "text"):
        message = f"Left side of LIKE expression must evaluate to a varchar (actual: {kinds[0]})"
        raise refuse("TYPE_MISMATCH", message, node)
    if name in _ARITHMETIC and len(kinds) == 2 and "" not in groups and "text" in groups:
        raise refuse("TYPE_MISMATCH", f"Cannot apply operator: {kinds[0]} {_ARITHMETIC[name]} {kinds[1]}", node)
