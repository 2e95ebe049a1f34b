"""The words in which an acceptance test says that a promise is broken.

expect(
    len(rows) == 1,
    f"Article {article_id} stands {len(rows)} times in the CMS.",
    expected="one row, at version 1",
    got=rows,
    likely="Two deliveries looked before either had written.",
    about=[article_id],
)
"""

from typing import Any


class PromiseBroken(AssertionError):
    """A scenario found a promise broken.

    Attributes:
        sentence: what happened, in business words: "Order o-7 was charged twice."
        expected: what was promised.
        got: what was found.
        likely: the likely mistake, in one sentence; "" when the scenario cannot tell.
        about: ids (article, order, message ...) whose story is told under the failure.
    """

    def __init__(self, sentence: str, expected: str, got: str, likely: str, about: list[str]) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.expected = expected
        self.got = got
        self.likely = likely
        self.about = about


def expect(
    holds: bool, sentence: str, *, expected: object, got: object, likely: str = "", about: list[Any] | None = None
) -> None:
    """Judges one promise; says nothing when it holds.

    Raises:
        PromiseBroken: it does not.
    """
    if not holds:
        raise PromiseBroken(sentence, _text(expected), _text(got), likely, [str(one) for one in about or []])


class NotBegun(Exception):
    """What a scenario is about is not begun: it is blocked, and nothing is said of how it went.

    Attributes:
        sentence: what is not begun, and by what that is seen.
        try_: how to begin.
    """

    def __init__(self, sentence: str, try_: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.try_ = try_


def begun(condition: bool, sentence: str, *, try_: str) -> None:
    """Lets a scenario go on only if the part of the kata that it is about is begun.

    Scenarios with the same sentence are told as one block; none of them earns a point.

    Args:
        sentence: "Stage B is not begun: the template has no function MigrateArticles."
        try_: how to begin, in a few words, with the mark of the contract.

    Raises:
        NotBegun: it is not.
    """
    if not condition:
        raise NotBegun(sentence, try_)


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)
