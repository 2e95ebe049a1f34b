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


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)
