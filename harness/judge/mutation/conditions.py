"""Mistakes with conditions: of a conditional write, of an `if`, of a part of either."""

import ast
import re
from collections.abc import Iterator

from harness.judge.mutation.mutant import Change, Edit
from harness.judge.mutation.source import Source

_CONDITION = "ConditionExpression"
_PLACEHOLDERS = {"ExpressionAttributeNames", "ExpressionAttributeValues"}
_Argument = tuple[str, ast.AST, ast.expr]
"""Name, the whole of it, and its value."""

_CONSTANTS = {"TYPE_CHECKING", "__name__"}


def dropped_conditions(source: Source) -> Iterator[Change]:
    """A conditional write without its condition, or without a part of it."""
    for node in source.nodes:
        match node:
            case ast.Call(keywords=keywords):
                arguments: list[_Argument] = [(one.arg or "", one, one.value) for one in keywords]
                listed: list[ast.AST] = [*node.args, *keywords]
            case ast.Dict(keys=keys, values=values) if None not in keys:
                arguments = [(_text(key), _Entry(key, value), value) for key, value in zip(keys, values, strict=True)]
                listed = [entry for _, entry, _ in arguments]
            case _:
                continue
        if any(name == _CONDITION for name, _, _ in arguments):
            yield from _without_condition(source, arguments, listed)


class _Entry(ast.AST):
    """A key of a dictionary with its value."""

    def __init__(self, key: ast.expr | None, value: ast.expr) -> None:
        super().__init__()
        assert key
        self.lineno, self.col_offset = key.lineno, key.col_offset
        self.end_lineno, self.end_col_offset = value.end_lineno, value.end_col_offset


def _without_condition(source: Source, arguments: list[_Argument], listed: list[ast.AST]) -> Iterator[Change]:
    [(entry, value)] = [(entry, value) for name, entry, value in arguments if name == _CONDITION]
    others = " ".join(_text(one) for name, _, one in arguments if name.endswith("Expression") and one is not value)
    gone, edits = _without_placeholders(source, arguments, others)
    edits += _taken_out(source, {id(entry), *gone}, listed)
    yield Change("drop the condition", value.lineno, source.text(value), "no condition", tuple(edits))
    for part, rest in _parts(_text(value)):
        gone, edits = _without_placeholders(source, arguments, f"{others} {rest}")
        edits += [source.replaced(value, f'"{rest}"'), *_taken_out(source, gone, listed)]
        yield Change("drop a part of the condition", value.lineno, part, rest, tuple(edits))


def _parts(condition: str) -> Iterator[tuple[str, str]]:
    """Each part of a condition, and what is left without it; none of one that is nested."""
    for word in (" OR ", " AND "):
        parts = condition.split(word)
        is_flat = not any(other in condition for other in (" OR ", " AND ") if other != word)
        if len(parts) > 1 and is_flat and "(" not in re.sub(r"\w+\([^()]*\)", "", condition):
            for number, part in enumerate(parts):
                yield part, word.join(parts[:number] + parts[number + 1 :])


def _without_placeholders(source: Source, arguments: list[_Argument], expressions: str) -> tuple[set[int], list[Edit]]:
    """Arguments to take out whole, by id, and edits within the others: names and values that nothing uses now."""
    gone: set[int] = set()
    edits: list[Edit] = []
    for name, entry, placeholders in arguments:
        if name in _PLACEHOLDERS:
            is_used, inner = _unused(source, placeholders, expressions)
            if is_used:
                edits += inner
            else:
                gone.add(id(entry))
    return gone, edits


def _unused(source: Source, placeholders: ast.expr, expressions: str) -> tuple[bool, list[Edit]]:
    """Whether any placeholder is still used, and the edits that take the others out."""
    if not isinstance(placeholders, ast.Dict) or None in placeholders.keys:
        return bool(expressions.strip()), []
    entries = [
        (_text(key), _Entry(key, value)) for key, value in zip(placeholders.keys, placeholders.values, strict=True)
    ]
    used = set(re.findall(r"[#:]\w+", expressions))
    gone = {id(entry) for name, entry in entries if name not in used}
    return len(gone) < len(entries), _taken_out(source, gone, [entry for _, entry in entries])


def _taken_out(source: Source, gone: set[int], listed: list[ast.AST]) -> list[Edit]:
    """Edits that take these out of a list with commas, whichever stand beside each other."""
    kept = [one for one in listed if id(one) not in gone]
    if not kept:
        return [Edit(source.start(listed[0]), source.end(listed[-1]), "")]
    edits = []
    for position, one in enumerate(listed):
        if id(one) in gone:
            following = next((later for later in listed[position + 1 :] if id(later) not in gone), None)
            if position + 1 < len(listed) and following is not None:
                edits.append(Edit(source.start(one), source.start(listed[position + 1]), ""))
            else:
                edits.append(Edit(source.end(listed[position - 1]), source.end(one), ""))
    return edits


def _text(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def fixed_tests(source: Source) -> Iterator[Change]:
    """An `if`, a condition of a comprehension, or a `while` that is always so, or never."""
    for node in source.nodes:
        tests: list[tuple[ast.expr, tuple[str, ...]]] = []
        match node:
            case ast.If(test=test) | ast.IfExp(test=test):
                tests = [(test, ("True", "False"))]
            case ast.While(test=test):
                tests = [(test, ("False",))]
            case ast.comprehension(ifs=ifs):
                tests = [(one, ("True",)) for one in ifs]
        for test, values in tests:
            if _CONSTANTS.isdisjoint(name.id for name in ast.walk(test) if isinstance(name, ast.Name)):
                for value in values:
                    operator = f"a condition that is always {value.lower()}"
                    yield Change(operator, test.lineno, source.text(test), value, (source.replaced(test, value),))


def dropped_parts(source: Source) -> Iterator[Change]:
    """`a and b` without a, or without b; `or` likewise."""
    for node in source.nodes:
        if isinstance(node, ast.BoolOp):
            word = " and " if isinstance(node.op, ast.And) else " or "
            for left_out in node.values:
                rest = word.join(_in_brackets(source, one) for one in node.values if one is not left_out)
                edit = source.replaced(node, f"({rest})")
                yield Change("drop a part of the condition", node.lineno, source.text(node), rest, (edit,))


def _in_brackets(source: Source, node: ast.expr) -> str:
    text = source.text(node)
    return f"({text})" if isinstance(node, ast.BoolOp | ast.IfExp | ast.Lambda | ast.NamedExpr) else text
