"""Metric math, the simple part: numbers, ids of other queries, + - * / and parentheses.

Functions (FILL, IF, RATE, SEARCH, ...) are refused. A period in which an operand has no data
point has no result.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import ast
from collections.abc import Callable, Mapping

_LENGTH_LIMIT = 1024
_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
}


class ExpressionRefused(Exception):
    """The expression is more than this simulator calculates, or none at all."""


class Expression:
    """A calculation with the ids of other queries.

    Attributes:
        ids: those it uses, in the order of their use.
    """

    def __init__(self, text: str) -> None:
        """Raises:
        ExpressionRefused: it is not simple arithmetic.
        """
        self.ids: list[str] = []
        try:
            self._tree = ast.parse(text[:_LENGTH_LIMIT].strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise ExpressionRefused(text) from None
        self._check(self._tree)

    def value(self, values: Mapping[str, float]) -> float | None:
        """The result; None where an operand is missing or the divisor is 0."""
        if any(each not in values for each in self.ids):
            return None
        try:
            return self._value(self._tree, values)
        except (ZeroDivisionError, OverflowError):
            return None

    def _check(self, node: ast.expr) -> None:
        match node:
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
                self._check(left)
                self._check(right)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self._check(operand)
            case ast.Constant(value=int() | float()):
                pass
            case ast.Name(id=name):
                self.ids.append(name)
            case _:
                raise ExpressionRefused(ast.unparse(node))

    def _value(self, node: ast.expr, values: Mapping[str, float]) -> float:
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATIONS[type(op)](self._value(left, values), self._value(right, values))
            case ast.UnaryOp(operand=operand):
                return -self._value(operand, values)
            case ast.Name(id=name):
                return values[name]
            case ast.Constant(value=int() | float() as number):
                return float(number)
        raise ExpressionRefused(ast.unparse(node))
