"""Mistakes by one: a number, or which side of a limit is still good."""

import ast
from collections.abc import Iterator

from harness.judge.mutation.mutant import Change
from harness.judge.mutation.source import Source

_SMALL = 10
"""Up to here one less is tried as well as one more."""

_NEIGHBOUR: dict[type[ast.cmpop], str] = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
_OPPOSITE: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}


def numbers_by_one(source: Source) -> Iterator[Change]:
    """A whole number that is one too large, or one too small."""
    annotations = set(_annotations(source.tree))
    for node in source.nodes:
        if not isinstance(node, ast.Constant) or type(node.value) is not int or node in annotations:
            continue
        text = source.text(node)
        if not text.replace("_", "").isdecimal():
            continue
        for value in (node.value + 1, node.value - 1) if 0 < node.value <= _SMALL else (node.value + 1,):
            yield Change("off by one", node.lineno, text, str(value), (source.replaced(node, str(value)),))


def _annotations(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            annotation = getattr(node, name, None)
            if isinstance(annotation, ast.AST):
                yield from ast.walk(annotation)


def comparisons(source: Source) -> Iterator[Change]:
    """A limit that counts, or counts no more; and an equality turned round."""
    decided = {id(node.test) for node in source.nodes if isinstance(node, ast.If | ast.IfExp)}
    for node in source.nodes:
        if not isinstance(node, ast.Compare):
            continue
        operands = [node.left, *node.comparators]
        for position, operator in enumerate(node.ops):
            other, name = _NEIGHBOUR.get(type(operator)), "off by one"
            if other is None and id(node) not in decided:
                other, name = _OPPOSITE.get(type(operator)), "the opposite"
            if other:
                yield _compared(source, node, operands, position, other, name)


def _compared(
    source: Source, node: ast.Compare, operands: list[ast.expr], position: int, other: str, name: str
) -> Change:
    parts = [_operand(source, operands[0])]
    for number, operator in enumerate(node.ops):
        word = other if number == position else _WORDS[type(operator)]
        parts += [word, _operand(source, operands[number + 1])]
    after = " ".join(parts)
    return Change(name, node.lineno, source.text(node), after, (source.replaced(node, after),))


def _operand(source: Source, node: ast.expr) -> str:
    text = source.text(node)
    whole = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Constant | ast.Subscript)
    return text if whole or text.startswith(("(", "[", "{")) else f"({text})"


_WORDS: dict[type[ast.cmpop], str] = {
    **{ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="},
    **{ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in"},
}
