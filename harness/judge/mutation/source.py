"""A Python file with the places of its nodes, so that a mistake is an edit and lines keep their numbers."""

import ast
from collections.abc import Iterator

from harness.judge.mutation.mutant import Edit


class Source:
    """A Python file.

    Attributes:
        content: its bytes.
        tree: what they mean.
        nodes: every node in the order of a walk, but for those within an f-string: before Python 3.12
            these do not know where they stand.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.tree = ast.parse(content)
        self._starts = [0]
        for line in content.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self.nodes = list(_nodes(self.tree))

    def start(self, node: ast.AST) -> int:
        """Where the node begins, in bytes."""
        return self._at(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Where it ends."""
        return self._at(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def text(self, node: ast.AST) -> str:
        """The node as it stands there."""
        return self.content[self.start(node) : self.end(node)].decode()

    def replaced(self, node: ast.AST, text: str) -> Edit:
        """An edit that puts the text in the node's place."""
        return Edit(self.start(node), self.end(node), text)

    def before(self, node: ast.AST, text: str) -> Edit:
        """An edit that puts the text in front of the node."""
        return Edit(self.start(node), self.start(node), text)

    def without(self, node: ast.AST, siblings: list[ast.AST]) -> Edit:
        """An edit that takes the node out of a list written with commas.

        Args:
            siblings: the whole list in the order of the file, the node among them.
        """
        position = siblings.index(node)
        if position + 1 < len(siblings):
            return Edit(self.start(node), self.start(siblings[position + 1]), "")
        if position:
            return Edit(self.end(siblings[position - 1]), self.end(node), "")
        return Edit(self.start(node), self.end(node), "")

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if type(node).__name__ not in ("JoinedStr", "TemplateStr"):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Every list of statements within a function, docstrings left out."""
    for function in functions(tree):
        for node in ast.walk(function):
            for name in ("body", "orelse", "finalbody"):
                body = getattr(node, name, None)
                if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                    yield [one for one in body if not is_docstring(one)]


def is_docstring(statement: ast.stmt) -> bool:
    """Whether it is a text that nobody uses."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def own_statements(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """Everything in the function but what stands in functions within it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))


def called(call: ast.Call) -> str:
    """The last name of what is called: "put_item" of `_table.put_item(...)`."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def calls_in(node: ast.AST) -> list[str]:
    """Names of everything the node calls."""
    return [called(one) for one in ast.walk(node) if isinstance(one, ast.Call)]
