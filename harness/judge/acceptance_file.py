"""Which tests an acceptance file holds, read from its source: nothing of it is imported."""

import ast
from dataclasses import dataclass
from pathlib import Path

from harness.judge.toml_table import KataWrong


@dataclass(frozen=True)
class TestFound:
    """A test of an acceptance file.

    Attributes:
        sample: whether learners may see it (@pytest.mark.sample).
    """

    name: str
    line: int
    sample: bool


def tests_in(path: Path, shown_as: str) -> list[TestFound]:
    """Every top-level test function, in the order of the file.

    Args:
        shown_as: the path as messages give it.

    Raises:
        KataWrong: the file is not Python.
    """
    try:
        tree = ast.parse(path.read_bytes(), filename=shown_as)
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", 0) or 0, getattr(error, "offset", 0) or 0
        happened = f"{path.name} is not Python: {getattr(error, 'msg', error)}."
        raise KataWrong(happened, expected="Python source", file=shown_as, line=line, column=column) from None
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [
        TestFound(function.name, function.lineno, any(map(_is_sample, function.decorator_list)))
        for function in functions
        if function.name.startswith("test_")
    ]


def _is_sample(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(called) == "pytest.mark.sample"
