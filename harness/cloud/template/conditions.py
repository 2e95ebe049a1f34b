"""The Conditions section: which resources there are, decided by parameters alone.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
"""

from collections.abc import Callable
from typing import Any

from harness.cloud.template.errors import CircularReference, MalformedFunction, UnresolvedReference, did_you_mean
from harness.cloud.template.shapes import as_text, described
from harness.cloud.template.tree import Items, Map, Place

PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html"
FORMS = "Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition"


class Conditions:
    """Says of each condition whether it holds."""

    def __init__(self, section: Map, resolve: Callable[[Any], Any]) -> None:
        """Args:
        section: the template's Conditions.
        resolve: resolves a value that is not a condition.
        """
        self._section = section
        self._resolve = resolve
        self._known: dict[str, bool] = {}
        self._asking: list[str] = []

    def holds(self, name: str, place: Place) -> bool:
        """Whether the condition of this name is true.

        Args:
            place: where it is asked for.
        """
        if name not in self._section:
            raise UnresolvedReference(
                f"No condition is called {name}.", expected=f"one of {', '.join(self._section) or 'none'}",
                try_=did_you_mean(name, self._section), see=PAGE, line=place.line, column=place.column,
            )  # fmt: skip
        if name in self._asking:
            path = " -> ".join([*self._asking[self._asking.index(name) :], name])
            raise CircularReference(f"The conditions depend on each other: {path}.", see=PAGE, line=place.line)
        if name not in self._known:
            self._asking.append(name)
            self._known[name] = self._evaluate(self._section[name], self._section.value_place(name))
            self._asking.pop()
        return self._known[name]

    def check_all(self) -> None:
        """Every condition can be evaluated, used or not."""
        for name in self._section:
            self.holds(name, self._section.key_place(name))

    def _evaluate(self, expression: Any, place: Place) -> bool:
        if not isinstance(expression, Map) or len(expression) != 1:
            raise _malformed(f"This condition is {described(expression)}.", FORMS, place)
        name, argument = next(iter(expression.items()))
        place = expression.place
        if name == "Condition" and isinstance(argument, str):
            return self.holds(argument, place)
        operands = argument if isinstance(argument, Items) else Items(place)
        if name == "Fn::Equals" and len(operands) == 2:
            left, right = (self._comparable(operand, place) for operand in operands)
            return left == right
        if name == "Fn::Not" and len(operands) == 1:
            return not self._evaluate(operands[0], place)
        if name in ("Fn::And", "Fn::Or") and 2 <= len(operands) <= 10:
            results = [self._evaluate(operand, place) for operand in operands]
            return all(results) if name == "Fn::And" else any(results)
        raise _malformed(f"This condition is {name} of {described(argument)}.", FORMS, place)

    def _comparable(self, operand: Any, place: Place) -> str:
        value = self._resolve(operand)
        if not isinstance(value, str | int | float):
            raise _malformed("Fn::Equals compares something that is not a text.", "two texts", place)
        return as_text(value)


def _malformed(happened: str, expected: str, place: Place) -> MalformedFunction:
    return MalformedFunction(happened, expected=expected, see=PAGE, line=place.line, column=place.column)
