"""Mistakes with the order of things: calls swapped, deleted before written, returned too early."""

import ast
import re
from collections.abc import Iterator

from harness.judge.mutation.mutant import Change, Edit
from harness.judge.mutation.source import Source, bodies, calls_in, functions, is_docstring, own_statements

_DELETES = re.compile(r"_?(delete|free|release|remove|ack|discard|purge)(_|$)")
_WRITES = re.compile(r"_?(put|write|send|update|create|publish|store|save|insert|push|upload|append)(_|$)")
_SIMPLE = ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete | ast.Assert


def swapped_calls(source: Source) -> Iterator[Change]:
    """Two statements that call something, the second one first; also a delete put before a write."""
    for body in bodies(source.tree):
        for position, first in enumerate(body):
            for distance, second in enumerate(body[position + 1 :], start=1):
                deletes_first = _deletes_before_write(first, second)
                if (distance == 1 or deletes_first) and _may_be_swapped(first, second):
                    operator = "delete before write" if deletes_first else "swap two calls"
                    yield _swapped(source, operator, first, second)


def _swapped(source: Source, operator: str, first: ast.stmt, second: ast.stmt) -> Change:
    before, after = source.text(first), source.text(second)
    edits = (source.replaced(first, after), source.replaced(second, before))
    return Change(operator, first.lineno, f"{_head(before)}; {_head(after)}", f"{_head(after)}; {_head(before)}", edits)


def _head(text: str) -> str:
    return text.splitlines()[0][:34]


def _deletes_before_write(first: ast.stmt, second: ast.stmt) -> bool:
    return any(map(_WRITES.match, calls_in(first))) and any(map(_DELETES.match, calls_in(second)))


def _may_be_swapped(first: ast.stmt, second: ast.stmt) -> bool:
    """Both call, neither leaves, and the second needs nothing that the first makes."""
    if not (calls_in(first) and calls_in(second)) or _leaves(first) or _leaves(second):
        return False
    made = {node.id for node in ast.walk(first) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    used = {node.id for node in ast.walk(second) if isinstance(node, ast.Name)}
    return made.isdisjoint(used)


def _leaves(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Return | ast.Raise | ast.Yield | ast.YieldFrom) for node in ast.walk(statement))


def early_returns(source: Source) -> Iterator[Change]:
    """A function that gives nothing back ends before one of its statements."""
    for function in functions(source.tree):
        own = list(own_statements(function))
        if any(isinstance(node, ast.Yield | ast.YieldFrom) or _gives_back(node) for node in own):
            continue
        for statement in (one for one in function.body if not is_docstring(one)):
            if calls_in(statement):
                after = f"return; {_head(source.text(statement))}"
                edit = _ended_before(source, statement)
                yield Change("return early", statement.lineno, _head(source.text(statement)), after, (edit,))


def _gives_back(node: ast.AST) -> bool:
    return isinstance(node, ast.Return) and node.value is not None


def _ended_before(source: Source, statement: ast.stmt) -> Edit:
    if isinstance(statement, _SIMPLE | ast.Raise):
        return source.before(statement, "return; ")
    return source.before(statement, "return\n" + " " * statement.col_offset)


def stopped_loops(source: Source) -> Iterator[Change]:
    """A loop that ends after its first turn."""
    for node in source.nodes:
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            last = node.body[-1]
            if isinstance(last, _SIMPLE):
                edit = Edit(source.end(last), source.end(last), "; break")
            elif not isinstance(last, ast.Return | ast.Raise | ast.Break | ast.Continue):
                edit = Edit(source.end(last), source.end(last), "\n" + " " * last.col_offset + "break")
            else:
                continue
            head = _head(source.text(node))
            yield Change("stop after the first", node.lineno, head, f"{head} ... break", (edit,))
