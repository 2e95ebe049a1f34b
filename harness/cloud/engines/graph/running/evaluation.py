"""Evaluates expressions on a row.

Source: https://s3.amazonaws.com/artifacts.opencypher.org/openCypher9.pdf (chapter 2)
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from harness.cloud.engines.graph.errors import malformed
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
    Pattern,
    PatternExists,
    Property,
    Subscript,
    Unary,
    Variable,
)
from harness.cloud.engines.graph.language.walk import is_aggregate
from harness.cloud.engines.graph.running import functions
from harness.cloud.engines.graph.running.budget import Budget, check_size
from harness.cloud.engines.graph.running.values import Row, equal, is_number, less, whole
from harness.cloud.engines.graph.store import Edge, Node

PatternTest = Callable[[Pattern, Row], bool]


class Evaluator:
    """Gives expressions their values.

    Attributes:
        pattern_test: whether a pattern has a match; the matcher sets it.
        aggregated: values of aggregates while a group is projected.
    """

    def __init__(self, parameters: Mapping[str, Any], budget: Budget) -> None:
        self._parameters = parameters
        self._budget = budget
        self.pattern_test: PatternTest = lambda pattern, row: False
        self.aggregated: Mapping[Expression, Any] = {}

    def holds(self, condition: Expression | None, row: Row) -> bool:
        """Whether a condition is true; unknown is not."""
        return condition is None or self._truth(condition, row) is True

    def value(self, expression: Expression, row: Row) -> Any:
        """The value of an expression."""
        self._budget.spend()
        match expression:
            case Literal(value=value):
                return value
            case Variable(name=name):
                return row[name]
            case Property(subject=subject, key=key):
                return property_of(self.value(subject, row), key)
            case Parameter(name=name):
                return self._parameters[name]
            case Binary():
                return self._binary(expression, row)
            case Call():
                if is_aggregate(expression):
                    return self.aggregated[expression]
                return functions.call(expression.name, [self.value(one, row) for one in expression.arguments])
            case Unary(operator="NOT", operand=operand):
                truth = self._truth(operand, row)
                return None if truth is None else not truth
            case Unary(operand=operand):
                return self._negative(self.value(operand, row))
            case IsNull(operand=operand, negated=negated):
                return (self.value(operand, row) is None) != negated
            case Case():
                return self._case(expression, row)
            case ListOf(items=items):
                return [self.value(item, row) for item in items]
            case MapOf(entries=entries):
                return {key: self.value(one, row) for key, one in entries}
            case Subscript(subject=subject, index=index):
                return _element(self.value(subject, row), self.value(index, row))
            case HasLabels(subject=subject, labels=labels):
                node = self.value(subject, row)
                return None if node is None else isinstance(node, Node) and set(labels) <= set(node.labels)
            case PatternExists(pattern=pattern):
                return self.pattern_test(pattern, row)

    def _truth(self, expression: Expression, row: Row) -> bool | None:
        value = self.value(expression, row)
        if value is None or isinstance(value, bool):
            return value
        raise malformed("a condition must be a boolean")

    def _case(self, expression: Case, row: Row) -> Any:
        subject = None if expression.subject is None else self.value(expression.subject, row)
        for condition, value in expression.branches:
            if expression.subject is None:
                if self.holds(condition, row):
                    return self.value(value, row)
            elif equal(subject, self.value(condition, row)):
                return self.value(value, row)
        return self.value(expression.otherwise, row)

    def _binary(self, expression: Binary, row: Row) -> Any:
        if expression.operator in ("AND", "OR", "XOR"):
            return self._logical(expression, row)
        left, right = self.value(expression.left, row), self.value(expression.right, row)
        if isinstance(right, list):
            self._budget.spend(len(right))
        return _OPERATORS[expression.operator](left, right)

    def _logical(self, expression: Binary, row: Row) -> bool | None:
        """AND, OR and XOR with three outcomes; the right side is not looked at where it cannot matter."""
        left = self._truth(expression.left, row)
        decides = {"AND": False, "OR": True}.get(expression.operator)
        if left is not None and left is decides:
            return decides
        right = self._truth(expression.right, row)
        if right is not None and right is decides:
            return decides
        if left is None or right is None:
            return None
        return left != right if expression.operator == "XOR" else not decides

    def _negative(self, value: Any) -> Any:
        if value is not None and not is_number(value):
            raise malformed("- takes a number")
        return None if value is None else -value


def property_of(subject: Any, key: str) -> Any:
    """A property of an element or an entry of a map; null where there is none.

    Raises:
        GraphError: the subject has no properties.
    """
    if subject is None:
        return None
    if isinstance(subject, Node | Edge):
        return subject.id if key == "~id" else subject.properties.get(key)
    if isinstance(subject, dict):
        return subject.get(key)
    raise malformed(f"only a node, a relationship or a map has a property `{key}`")


def _element(subject: Any, index: Any) -> Any:
    if subject is None or index is None:
        return None
    if isinstance(subject, list) and isinstance(index, int) and not isinstance(index, bool):
        return subject[index] if -len(subject) <= index < len(subject) else None
    if isinstance(subject, dict | Node | Edge) and isinstance(index, str):
        return property_of(subject, index)
    raise malformed("[ ] takes a list and an integer, or a map and a key")


def _is_in(left: Any, right: Any) -> bool | None:
    if right is None:
        return None
    if not isinstance(right, list):
        raise malformed("IN takes a list")
    outcomes = {equal(left, item) for item in right}
    return True if True in outcomes else None if None in outcomes else False


def _unequal(left: Any, right: Any) -> bool | None:
    outcome = equal(left, right)
    return None if outcome is None else not outcome


def _on_texts(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool | None]:
    """A test of two texts; of anything else it is unknown."""
    return lambda left, right: test(left, right) if isinstance(left, str) and isinstance(right, str) else None


def _plus(left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if isinstance(left, list) or isinstance(right, list):
        joined = (left if isinstance(left, list) else [left]) + (right if isinstance(right, list) else [right])
        check_size(len(joined))
        return joined
    if isinstance(left, str) or isinstance(right, str):
        if isinstance(left, bool | dict | Node | Edge) or isinstance(right, bool | dict | Node | Edge):
            raise malformed("+ joins texts and numbers")
        text = functions.to_string(left) + functions.to_string(right)
        check_size(len(text))
        return text
    return _arithmetic("+", lambda one, other: one + other)(left, right)


def _arithmetic(operator: str, calculate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def work(left: Any, right: Any) -> Any:
        if left is None or right is None:
            return None
        if not is_number(left) or not is_number(right):
            raise malformed(f"{operator} takes numbers")
        try:
            result = calculate(left, right)
        except OverflowError:
            result = math.inf
        except ZeroDivisionError:
            raise malformed("/ by zero") from None
        return whole(result) if isinstance(result, int) else result

    return work


def _divided(left: Any, right: Any) -> Any:
    """Two integers make an integer, rounded towards zero."""
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    return left / right if right else math.copysign(math.inf, left) if left else math.nan


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return left - right * _divided(left, right)
    return math.fmod(left, right) if right else math.nan


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": equal,
    "<>": _unequal,
    "<": lambda left, right: less(left, right, or_equal=False),
    "<=": lambda left, right: less(left, right, or_equal=True),
    ">": lambda left, right: less(right, left, or_equal=False),
    ">=": lambda left, right: less(right, left, or_equal=True),
    "IN": _is_in,
    "STARTS WITH": _on_texts(str.startswith),
    "ENDS WITH": _on_texts(str.endswith),
    "CONTAINS": _on_texts(lambda text, part: part in text),
    "+": _plus,
    "-": _arithmetic("-", lambda left, right: left - right),
    "*": _arithmetic("*", lambda left, right: left * right),
    "/": _arithmetic("/", _divided),
    "%": _arithmetic("%", _remainder),
}
