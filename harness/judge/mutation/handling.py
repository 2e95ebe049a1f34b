"""Mistakes with what goes wrong: caught and ignored, waited for without end."""

import ast
import re
from collections.abc import Iterator

from harness.judge.mutation.mutant import Change, Edit
from harness.judge.mutation.source import Source, bodies, called

_TIMEOUT = re.compile(r"(^|_)timeout(_|$)", re.IGNORECASE)
_SUPPRESSED = 'with __import__("contextlib").suppress(Exception): '
_NEVER_FAIL = {"sleep", "debug", "info", "warning", "error", "exception", "critical", "print", "append", "add_metric"}


def ignored_errors(source: Source) -> Iterator[Change]:
    """An exception that nobody hears of."""
    for node in source.nodes:
        if isinstance(node, ast.ExceptHandler) and not all(isinstance(one, ast.Pass) for one in node.body):
            body = source.content[source.start(node.body[0]) : source.end(node.body[-1])].decode()
            edit = Edit(source.start(node.body[0]), source.end(node.body[-1]), "pass")
            yield Change("catch and ignore", node.lineno, body, "pass", (edit,))
        elif isinstance(node, ast.Raise):
            text = source.text(node)
            yield Change("catch and ignore", node.lineno, text, "pass", (source.replaced(node, "pass"),))
    for body_of in bodies(source.tree):
        for statement in body_of:
            match statement:
                case ast.Expr(value=ast.Call() as call) if called(call) not in _NEVER_FAIL:
                    text = source.text(statement)
                    edit = source.before(statement, _SUPPRESSED)
                    yield Change("catch and ignore", statement.lineno, text, f"suppressed: {text}", (edit,))


def removed_timeouts(source: Source) -> Iterator[Change]:
    """A call that waits as long as it takes, or as long as somebody else thought right."""
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        arguments: list[ast.AST] = [*node.args, *node.keywords]
        for keyword in node.keywords:
            if keyword.arg and _TIMEOUT.search(keyword.arg):
                edit = source.without(keyword, arguments)
                yield Change("no timeout", keyword.lineno, source.text(keyword), f"no {keyword.arg}", (edit,))
