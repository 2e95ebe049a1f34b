"""Parses patterns: `(a:Label {key: value})-[r:TYPE*1..2]->(b)`."""

from collections.abc import Callable

from harness.cloud.engines.graph.errors import PartMissing, malformed
from harness.cloud.engines.graph.language.cursor import Cursor
from harness.cloud.engines.graph.language.syntax import EdgePattern, MapOf, NodePattern, Parameter, Pattern

MapParser = Callable[[Cursor], MapOf]


def looks_like_pattern(cursor: Cursor) -> bool:
    """Whether the parenthesis to come opens a pattern with an edge, and not an expression."""
    behind = cursor.behind_parenthesis()
    if behind[:1] == ["<"]:
        return behind[1:2] == ["-"] and behind[2:3] in (["["], ["-"])
    return behind[:1] == ["-"] and behind[1:2] in (["["], ["-"])


def parse_pattern(cursor: Cursor, parse_map: MapParser) -> Pattern:
    """The pattern that comes next.

    Raises:
        GraphError: there is none.
    """
    if cursor.next.kind in ("name", "quoted"):
        named = cursor.ahead(1).text == "="
        raise PartMissing("A named path" if named else f"{cursor.next.text} in a pattern")
    nodes = [_node(cursor, parse_map)]
    edges = []
    while cursor.sees("-") or cursor.sees("<", "-"):
        edges.append(_edge(cursor, parse_map))
        nodes.append(_node(cursor, parse_map))
    return Pattern(tuple(nodes), tuple(edges))


def _node(cursor: Cursor, parse_map: MapParser) -> NodePattern:
    cursor.expect("(")
    variable = cursor.take().text if cursor.next.kind in ("name", "quoted") else None
    labels: list[str] = []
    while cursor.accept(":"):
        labels.append(cursor.name("a label"))
        if cursor.sees("|"):
            raise PartMissing("A choice of labels")
    properties = _properties(cursor, parse_map)
    cursor.expect(")")
    return NodePattern(variable, tuple(labels), properties)


def _edge(cursor: Cursor, parse_map: MapParser) -> EdgePattern:
    points_left = cursor.accept("<")
    cursor.expect("-")
    variable, types, properties = None, [], None
    least: int | None = None
    most = -1
    if cursor.accept("["):
        variable = cursor.take().text if cursor.next.kind in ("name", "quoted") else None
        if cursor.accept(":"):
            types.append(cursor.name("a type"))
            while cursor.accept("|"):
                cursor.accept(":")
                types.append(cursor.name("a type"))
        if cursor.accept("*"):
            least, most = _length(cursor)
        properties = _properties(cursor, parse_map)
        cursor.expect("]")
    cursor.expect("-")
    points_right = cursor.accept(">")
    direction = "both" if points_left == points_right else "in" if points_left else "out"
    return EdgePattern(variable, tuple(types), properties, direction, least, most)


def _length(cursor: Cursor) -> tuple[int, int]:
    """`*`, `*2`, `*1..3`, `*..3`, `*2..`; the scanner reads `1..3` as whole numbers and dots."""
    least = _number(cursor)
    if not cursor.accept(".."):
        return (1, -1) if least is None else (least, least)
    most = _number(cursor)
    if most is not None and most < (least or 0):
        raise malformed(f"a path cannot have at least {least} and at most {most} edges")
    return (1 if least is None else least), (-1 if most is None else most)


def _number(cursor: Cursor) -> int | None:
    return int(cursor.take().text[:9]) if cursor.next.kind == "integer" else None


def _properties(cursor: Cursor, parse_map: MapParser) -> MapOf | Parameter | None:
    if cursor.next.kind == "parameter":
        return Parameter(cursor.take().text)
    return parse_map(cursor) if cursor.sees("{") else None
