"""The scenarios of a kata by name."""

from harness.errors import ExplainedError
from harness.judge.kata import Kata


class ScenarioUnknownError(ExplainedError):
    """No scenario has this name or part of a name, or several have."""


def scenario_names(kata: Kata) -> list[str]:
    """Every scenario, in the order to fix them."""
    return [name for promise in kata.promises for name in promise.points]


def title_of(name: str) -> str:
    """A test's name as words: "test_an_order_is_charged_once" is "an order is charged once"."""
    return name.removeprefix("test_").replace("_", " ")


def choose_scenario(kata: Kata, text: str) -> str:
    """The scenario meant by its full name, or by a part that only one name has.

    Raises:
        ScenarioUnknownError: none or several.
    """
    names = scenario_names(kata)
    if text in names:
        return text
    part = text.strip().lower().replace(" ", "_")
    found = [name for name in names if part and part in name]
    if len(found) == 1:
        return found[0]
    if found:
        raise ScenarioUnknownError(
            f'"{text}" is part of {len(found)} scenario names of {kata.name}.',
            expected="a full name, or a part that only one name has",
            got="\n".join(found),
        )
    raise ScenarioUnknownError(
        f'{kata.name} has no scenario "{text}".',
        expected="one of these, or a part that only one has:\n" + "\n".join(names),
    )
