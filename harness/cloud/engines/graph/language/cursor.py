"""A place in the tokens of a query, and the steps every parser takes from there."""

from typing import NoReturn

from harness.cloud.engines.graph.errors import malformed
from harness.cloud.engines.graph.language.tokens import Token, tokens_of

_OPENING = {"(": ")", "[": "]", "{": "}"}


class Cursor:
    """Goes through the tokens once, from left to right."""

    def __init__(self, query: str) -> None:
        self.query = query
        self._tokens = tokens_of(query)
        self._at = 0
        self._closing = _partners(self._tokens)

    @property
    def next(self) -> Token:
        """The token to come."""
        return self._tokens[self._at]

    def ahead(self, count: int) -> Token:
        """The token so many places behind the next one."""
        return self._tokens[min(self._at + count, len(self._tokens) - 1)]

    @property
    def last_end(self) -> int:
        """Where the token before ended."""
        return self._tokens[self._at - 1].end if self._at else 0

    def take(self) -> Token:
        """The next token, which is passed."""
        token = self.next
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def sees(self, *symbols: str) -> bool:
        """Whether these symbols come next, in this order."""
        return all(
            self.ahead(count).kind == "symbol" and self.ahead(count).text == symbol
            for count, symbol in enumerate(symbols)
        )

    def sees_word(self, *words: str) -> bool:
        """Whether these keywords come next, in any case."""
        return all(
            self.ahead(count).kind == "name" and self.ahead(count).text.upper() == word
            for count, word in enumerate(words)
        )

    def accept(self, symbol: str) -> bool:
        """Passes a symbol if it comes next."""
        found = self.sees(symbol)
        if found:
            self.take()
        return found

    def accept_words(self, *words: str) -> bool:
        """Passes keywords if they come next."""
        found = self.sees_word(*words)
        if found:
            self._at += len(words)
        return found

    def expect(self, symbol: str) -> None:
        """Passes a symbol.

        Raises:
            GraphError: something else comes.
        """
        if not self.accept(symbol):
            self.refuse(f"'{symbol}'")

    def expect_word(self, word: str) -> None:
        """Passes a keyword.

        Raises:
            GraphError: something else comes.
        """
        if not self.accept_words(word):
            self.refuse(word)

    def name(self, what: str) -> str:
        """Passes a name, quoted or not.

        Raises:
            GraphError: something else comes.
        """
        if self.next.kind not in ("name", "quoted"):
            self.refuse(what)
        return self.take().text

    def refuse(self, expected: str) -> NoReturn:
        """Says that something else was expected here."""
        token = self.next
        got = repr(token.text) if token.kind != "end" else "the end of the query"
        raise malformed(f"expected {expected}, got {got} (offset {token.start})")

    def behind_parenthesis(self) -> list[str]:
        """The three tokens behind the parenthesis that closes the one to come."""
        closing = self._closing.get(self._at)
        if closing is None:
            return []
        return [token.text for token in self._tokens[closing + 1 : closing + 4] if token.kind == "symbol"]


def _partners(tokens: list[Token]) -> dict[int, int]:
    """For each opening bracket, where it is closed."""
    partners: dict[int, int] = {}
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind != "symbol":
            continue
        if token.text in _OPENING:
            opened.append(place)
        elif opened and token.text == _OPENING[tokens[opened[-1]].text]:
            partners[opened.pop()] = place
    return partners
