"""Parses expressions, from the weakest operator to the strongest.

Source: https://s3.amazonaws.com/artifacts.opencypher.org/openCypher9.pdf (chapter 2, Expressions)
"""

from harness.cloud.engines.graph.errors import GraphError, PartMissing, malformed
from harness.cloud.engines.graph.language.cursor import Cursor
from harness.cloud.engines.graph.language.patterns import looks_like_pattern, parse_pattern
from harness.cloud.engines.graph.language.syntax import (
    Binary,
    Call,
    Case,
    Expression,
    HasLabels,
    IsNull,
    ListOf,
    Literal,
    MapOf,
    Parameter,
    PatternExists,
    Property,
    Subscript,
    Unary,
    Variable,
)

NULL = Literal("null", None)
_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
_WORDS = {"TRUE": Literal("boolean", True), "FALSE": Literal("boolean", False), "NULL": NULL}
_INTEGER_LIMIT = 2**63
_LIST_FUNCTIONS = ("ALL", "ANY", "NONE", "SINGLE", "REDUCE", "FILTER", "EXTRACT")
_PATHS = ("SHORTESTPATH", "ALLSHORTESTPATHS")


def parse_expression(cursor: Cursor) -> Expression:
    """The expression that comes next.

    Raises:
        GraphError: there is none.
    """
    return _or(cursor)


def _or(cursor: Cursor) -> Expression:
    left = _xor(cursor)
    while cursor.accept_words("OR"):
        left = Binary("OR", left, _xor(cursor))
    return left


def _xor(cursor: Cursor) -> Expression:
    left = _and(cursor)
    while cursor.accept_words("XOR"):
        left = Binary("XOR", left, _and(cursor))
    return left


def _and(cursor: Cursor) -> Expression:
    left = _not(cursor)
    while cursor.accept_words("AND"):
        left = Binary("AND", left, _not(cursor))
    return left


def _not(cursor: Cursor) -> Expression:
    return Unary("NOT", _not(cursor)) if cursor.accept_words("NOT") else _comparison(cursor)


def _comparison(cursor: Cursor) -> Expression:
    """`a < b <= c` means `a < b AND b <= c`."""
    left = _predicates(cursor)
    found: Expression | None = None
    while cursor.next.kind == "symbol" and cursor.next.text in _COMPARISONS:
        operator = cursor.take().text
        right = _predicates(cursor)
        one = Binary(operator, left, right)
        found = one if found is None else Binary("AND", found, one)
        left = right
    return found or left


def _predicates(cursor: Cursor) -> Expression:
    """What stands behind its operand: IN, STARTS WITH, IS NULL; weaker than + and stronger than <."""
    left = _sum(cursor)
    while True:
        if cursor.accept_words("IS", "NULL"):
            left = IsNull(left, False)
        elif cursor.accept_words("IS", "NOT", "NULL"):
            left = IsNull(left, True)
        elif cursor.accept_words("IN"):
            left = Binary("IN", left, _sum(cursor))
        elif cursor.accept_words("STARTS", "WITH"):
            left = Binary("STARTS WITH", left, _sum(cursor))
        elif cursor.accept_words("ENDS", "WITH"):
            left = Binary("ENDS WITH", left, _sum(cursor))
        elif cursor.accept_words("CONTAINS"):
            left = Binary("CONTAINS", left, _sum(cursor))
        elif cursor.sees("=") and cursor.ahead(1).text == "~":
            raise PartMissing("The operator =~")
        else:
            return left


def _sum(cursor: Cursor) -> Expression:
    left = _product(cursor)
    while cursor.sees("+") or cursor.sees("-"):
        operator = cursor.take().text
        left = Binary(operator, left, _product(cursor))
    return left


def _product(cursor: Cursor) -> Expression:
    left = _sign(cursor)
    while cursor.sees("*") or cursor.sees("/") or cursor.sees("%"):
        operator = cursor.take().text
        left = Binary(operator, left, _sign(cursor))
    if cursor.sees("^"):
        raise PartMissing("The operator ^")
    return left


def _sign(cursor: Cursor) -> Expression:
    if cursor.accept("-"):
        if cursor.next.kind == "integer":
            return _integer(f"-{cursor.take().text}")
        return Unary("-", _sign(cursor))
    return _sign(cursor) if cursor.accept("+") else _postfix(cursor)


def _postfix(cursor: Cursor) -> Expression:
    subject = _atom(cursor)
    while True:
        if cursor.accept("."):
            subject = Property(subject, cursor.name("a property"))
        elif cursor.accept("["):
            subject = Subscript(subject, parse_expression(cursor))
            if cursor.sees(".."):
                raise PartMissing("A slice of a list")
            cursor.expect("]")
        elif isinstance(subject, Variable) and cursor.sees(":"):
            labels = []
            while cursor.accept(":"):
                labels.append(cursor.name("a label"))
            subject = HasLabels(subject, tuple(labels))
        elif isinstance(subject, Variable) and cursor.sees("{"):
            raise PartMissing("A map projection")
        else:
            return subject


def _atom(cursor: Cursor) -> Expression:
    token = cursor.next
    match token.kind:
        case "string":
            return Literal("string", cursor.take().text)
        case "integer":
            return _integer(cursor.take().text)
        case "float":
            return Literal("float", float(cursor.take().text))
        case "parameter":
            return Parameter(cursor.take().text)
        case "quoted":
            return Variable(cursor.take().text)
        case "name":
            return _word(cursor)
        case _:
            return _bracketed(cursor)


def _integer(text: str) -> Expression:
    if len(text) > 20 or not -_INTEGER_LIMIT <= int(text) < _INTEGER_LIMIT:
        raise GraphError("InvalidNumericDataException", f"{text[:40]} does not fit into 64 bits")
    return Literal("integer", int(text))


def _word(cursor: Cursor) -> Expression:
    word = cursor.next.text.upper()
    if word in _WORDS:
        cursor.take()
        return _WORDS[word]
    if word == "CASE":
        return _case(cursor)
    if word in _PATHS and cursor.ahead(1).text == "(":
        raise PartMissing(cursor.next.text)
    if word in _LIST_FUNCTIONS and cursor.ahead(1).text == "(":
        raise PartMissing(f"{cursor.next.text}(... IN ...)")
    if word == "EXISTS" and cursor.ahead(1).text == "{":
        raise PartMissing("EXISTS { ... }")
    if cursor.ahead(1).kind == "symbol" and cursor.ahead(1).text == "(":
        return _call(cursor)
    return Variable(cursor.take().text)


def _call(cursor: Cursor) -> Expression:
    name = cursor.take().text.lower()
    cursor.expect("(")
    if cursor.accept("*"):
        cursor.expect(")")
        if name != "count":
            raise malformed(f"only count takes *, not {name}")
        return Call(name, (), star=True)
    distinct = cursor.accept_words("DISTINCT")
    arguments: list[Expression] = []
    while not cursor.sees(")"):
        arguments.append(parse_expression(cursor))
        if not cursor.accept(","):
            break
    cursor.expect(")")
    if name == "exists" and len(arguments) == 1:  # of a property or of a pattern
        return arguments[0] if isinstance(arguments[0], PatternExists) else IsNull(arguments[0], True)
    return Call(name, tuple(arguments), distinct)


def _case(cursor: Cursor) -> Expression:
    cursor.expect_word("CASE")
    subject = None if cursor.sees_word("WHEN") else parse_expression(cursor)
    branches = []
    while cursor.accept_words("WHEN"):
        condition = parse_expression(cursor)
        cursor.expect_word("THEN")
        branches.append((condition, parse_expression(cursor)))
    if not branches:
        cursor.refuse("WHEN")
    otherwise = parse_expression(cursor) if cursor.accept_words("ELSE") else NULL
    cursor.expect_word("END")
    return Case(subject, tuple(branches), otherwise)


def _bracketed(cursor: Cursor) -> Expression:
    if cursor.sees("("):
        if looks_like_pattern(cursor):
            return PatternExists(parse_pattern(cursor, parse_map))
        cursor.take()
        inner = parse_expression(cursor)
        cursor.expect(")")
        return inner
    if cursor.sees("{"):
        return parse_map(cursor)
    if cursor.accept("["):
        return _list(cursor)
    cursor.refuse("an expression")


def _list(cursor: Cursor) -> Expression:
    if cursor.next.kind == "name" and cursor.ahead(1).kind == "name" and cursor.ahead(1).text.upper() == "IN":
        raise PartMissing("A list comprehension")
    items: list[Expression] = []
    while not cursor.sees("]"):
        items.append(parse_expression(cursor))
        if not cursor.accept(","):
            break
    cursor.expect("]")
    return ListOf(tuple(items))


def parse_map(cursor: Cursor) -> MapOf:
    """The map that comes next."""
    cursor.expect("{")
    entries: dict[str, Expression] = {}
    while not cursor.sees("}"):
        key = cursor.name("a key")
        cursor.expect(":")
        entries[key] = parse_expression(cursor)
        if not cursor.accept(","):
            break
    cursor.expect("}")
    return MapOf(tuple(entries.items()))
