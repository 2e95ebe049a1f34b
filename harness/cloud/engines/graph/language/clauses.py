"""Parses a query: its clauses in their order.

Left out, and refused as such: UNION, CALL, FOREACH, named paths, map projections,
comprehensions, the hints of USING.

Source: https://docs.aws.amazon.com/neptune/latest/userguide/feature-opencypher-compliance.html
"""

from collections.abc import Callable

from harness.cloud.engines.graph.errors import PartMissing, malformed
from harness.cloud.engines.graph.language.cursor import Cursor
from harness.cloud.engines.graph.language.expressions import parse_expression, parse_map
from harness.cloud.engines.graph.language.patterns import parse_pattern
from harness.cloud.engines.graph.language.syntax import (
    Clause,
    Create,
    Delete,
    Expression,
    Item,
    Match,
    Merge,
    Pattern,
    Projection,
    Query,
    Remove,
    SetItem,
    SetItems,
    Sorting,
    Unwind,
    Variable,
)

_MISSING = {"UNION", "CALL", "FOREACH", "LOAD", "MANDATORY", "USING", "EXPLAIN", "PROFILE", "DROP", "START"}


def parse_query(text: str) -> Query:
    """The tree of a query.

    Raises:
        GraphError: it is not in the language, or asks for what is left out.
    """
    cursor = Cursor(text)
    clauses: list[Clause] = []
    while not cursor.sees(";") and cursor.next.kind != "end":
        clauses.append(_clause(cursor))
    cursor.accept(";")
    if cursor.next.kind != "end":
        cursor.refuse("the end of the query")
    _check_order(clauses)
    return Query(tuple(clauses))


def _clause(cursor: Cursor) -> Clause:
    word = cursor.next.text.upper() if cursor.next.kind == "name" else ""
    if word in _PARSERS:
        cursor.take()
        return _PARSERS[word](cursor)
    if word in _MISSING:
        raise PartMissing(word)
    cursor.refuse("a clause")


def _check_order(clauses: list[Clause]) -> None:
    if not clauses:
        raise malformed("the query is empty")
    last = clauses[-1]
    for clause in clauses[:-1]:
        if isinstance(clause, Projection) and clause.final:
            raise malformed("RETURN must be the last clause")
    if isinstance(last, Match | Unwind) or (isinstance(last, Projection) and not last.final):
        raise malformed("a query cannot end with MATCH, UNWIND or WITH: it returns nothing and changes nothing")
    wrote = False
    for clause in clauses:
        if isinstance(clause, Match | Unwind) and wrote:
            raise malformed("WITH is required between a clause that writes and one that reads")
        wrote = isinstance(clause, Create | Merge | SetItems | Remove | Delete) or (
            wrote and not isinstance(clause, Projection)
        )


def _match(cursor: Cursor, *, optional: bool = False) -> Match:
    patterns = _patterns(cursor)
    condition = parse_expression(cursor) if cursor.accept_words("WHERE") else None
    return Match(patterns, condition, optional)


def _optional(cursor: Cursor) -> Match:
    cursor.expect_word("MATCH")
    return _match(cursor, optional=True)


def _patterns(cursor: Cursor) -> tuple[Pattern, ...]:
    patterns = [parse_pattern(cursor, parse_map)]
    while cursor.accept(","):
        patterns.append(parse_pattern(cursor, parse_map))
    return tuple(patterns)


def _unwind(cursor: Cursor) -> Unwind:
    source = parse_expression(cursor)
    cursor.expect_word("AS")
    return Unwind(source, cursor.name("a variable"))


def _create(cursor: Cursor) -> Create:
    return Create(_patterns(cursor))


def _merge(cursor: Cursor) -> Merge:
    pattern = parse_pattern(cursor, parse_map)
    on_create: tuple[SetItem, ...] = ()
    on_match: tuple[SetItem, ...] = ()
    while cursor.accept_words("ON"):
        if cursor.accept_words("CREATE"):
            cursor.expect_word("SET")
            on_create += _set_items(cursor)
        elif cursor.accept_words("MATCH"):
            cursor.expect_word("SET")
            on_match += _set_items(cursor)
        else:
            cursor.refuse("CREATE or MATCH")
    return Merge(pattern, on_create, on_match)


def _set(cursor: Cursor) -> SetItems:
    return SetItems(_set_items(cursor))


def _set_items(cursor: Cursor) -> tuple[SetItem, ...]:
    items = [_set_item(cursor)]
    while cursor.accept(","):
        items.append(_set_item(cursor))
    return tuple(items)


def _set_item(cursor: Cursor) -> SetItem:
    variable = cursor.name("a variable")
    if cursor.sees(":"):
        return SetItem(variable, ":", labels=_labels(cursor))
    key = cursor.name("a property") if cursor.accept(".") else ""
    operator = "+=" if not key and cursor.accept("+=") else "="
    if operator == "=":
        cursor.expect("=")
    return SetItem(variable, operator, key, parse_expression(cursor))


def _labels(cursor: Cursor) -> tuple[str, ...]:
    labels = []
    while cursor.accept(":"):
        labels.append(cursor.name("a label"))
    return tuple(labels)


def _remove(cursor: Cursor) -> Remove:
    items: list[SetItem] = []
    while not items or cursor.accept(","):
        variable = cursor.name("a variable")
        if cursor.sees(":"):
            items.append(SetItem(variable, ":", labels=_labels(cursor)))
        else:
            cursor.expect(".")
            items.append(SetItem(variable, "=", cursor.name("a property")))
    return Remove(tuple(items))


def _delete(cursor: Cursor, *, detach: bool = False) -> Delete:
    targets = [parse_expression(cursor)]
    while cursor.accept(","):
        targets.append(parse_expression(cursor))
    return Delete(tuple(targets), detach)


def _detach(cursor: Cursor) -> Delete:
    cursor.expect_word("DELETE")
    return _delete(cursor, detach=True)


def _projection(cursor: Cursor, *, final: bool) -> Projection:
    distinct = cursor.accept_words("DISTINCT")
    star = cursor.accept("*")
    items: list[Item] = []
    while (not star and not items) or cursor.accept(","):
        items.append(_item(cursor, final=final))
    order = _order(cursor)
    skip = parse_expression(cursor) if cursor.accept_words("SKIP") else None
    limit = parse_expression(cursor) if cursor.accept_words("LIMIT") else None
    condition = parse_expression(cursor) if not final and cursor.accept_words("WHERE") else None
    names = [item.name for item in items]
    if len(set(names)) < len(names):
        raise malformed("two columns have the same name")
    return Projection(tuple(items), star, distinct, order, skip, limit, condition, final)


def _item(cursor: Cursor, *, final: bool) -> Item:
    start = cursor.next.start
    expression = parse_expression(cursor)
    text = cursor.query[start : cursor.last_end]
    if cursor.accept_words("AS"):
        return Item(expression, cursor.name("an alias"))
    if isinstance(expression, Variable):
        return Item(expression, expression.name)
    if not final:
        raise malformed(f"an expression in WITH needs an alias: {text} AS ...")
    return Item(expression, text)


def _order(cursor: Cursor) -> tuple[Sorting, ...]:
    if not cursor.accept_words("ORDER", "BY"):
        return ()
    order: list[Sorting] = []
    while not order or cursor.accept(","):
        expression: Expression = parse_expression(cursor)
        descending = cursor.accept_words("DESC") or cursor.accept_words("DESCENDING")
        if not descending:
            _ = cursor.accept_words("ASC") or cursor.accept_words("ASCENDING")
        order.append(Sorting(expression, descending))
    return tuple(order)


def _with(cursor: Cursor) -> Projection:
    return _projection(cursor, final=False)


def _return(cursor: Cursor) -> Projection:
    return _projection(cursor, final=True)


_PARSERS: dict[str, Callable[[Cursor], Clause]] = {
    "MATCH": _match,
    "OPTIONAL": _optional,
    "UNWIND": _unwind,
    "CREATE": _create,
    "MERGE": _merge,
    "SET": _set,
    "REMOVE": _remove,
    "DELETE": _delete,
    "DETACH": _detach,
    "WITH": _with,
    "RETURN": _return,
}
