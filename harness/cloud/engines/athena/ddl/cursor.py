"""Reads the tokens of a statement one after the other."""

from harness.cloud.engines.athena.query_errors import MalformedQuery
from harness.cloud.engines.athena.sql.statement import Token, tokens, where

Properties = dict[str, str]


class Cursor:
    """A place in a statement."""

    def __init__(self, statement: str) -> None:
        self._statement = statement
        self._tokens = [token for token in tokens(statement) if token.text != ";"]
        self._at = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._tokens)

    def has(self, *words: str) -> bool:
        """Goes past these words if they are next."""
        following = self._tokens[self._at : self._at + len(words)]
        if [token.upper for token in following] != list(words):
            return False
        self._at += len(words)
        return True

    def need(self, *words: str) -> None:
        """Goes past these words. Raises MalformedQuery if others are next."""
        if not self.has(*words):
            raise self.unexpected(" ".join(words))

    def name(self) -> str:
        """A name, in lower case. Raises MalformedQuery."""
        token = self._next("an identifier")
        if token.kind in ("tick", "name"):
            return token.text[1:-1].lower()
        if token.kind != "word":
            self._at -= 1
            raise self.unexpected("an identifier")
        return token.text.lower()

    def table(self, database: str) -> tuple[str, str]:
        """A table's name, with its database. Raises MalformedQuery."""
        first = self.name()
        if "." in first:  # `db.table` between one pair of ticks
            database, _, first = first.partition(".")
        return (first, self.name()) if self.has(".") else (database, first)

    def text(self) -> str:
        """A text literal. Raises MalformedQuery."""
        token = self._next("a string")
        if token.kind == "name":
            return token.text[1:-1].replace('""', '"')
        if token.kind != "text":
            self._at -= 1
            raise self.unexpected("a string")
        return token.text[1:-1].replace("''", "'")

    def value(self) -> str:
        """A text or a number. Raises MalformedQuery."""
        if not self.is_done and self._tokens[self._at].kind == "word":
            return self._next("a value").text
        return self.text()

    def type(self) -> str:
        """A type, up to what follows a column. Raises MalformedQuery."""
        parts: list[str] = []
        depth = 0
        while not self.is_done:
            token = self._tokens[self._at]
            if depth == 0 and (token.text in (",", ")") or (parts and token.upper == "COMMENT")):
                break
            depth += (token.text in "(<") - (token.text in ")>")
            parts.append(token.text)
            self._at += 1
        if not parts:
            raise self.unexpected("a type")
        return "".join(parts).lower()

    def properties(self) -> Properties:
        """('key' = 'value', ...). Raises MalformedQuery."""
        self.need("(")
        found: Properties = {}
        while not self.has(")"):
            key = self.text()
            self.need("=")
            found[key] = self.value()
            if not self.has(","):
                self.need(")")
                break
        return found

    def end(self) -> None:
        """Raises MalformedQuery if something is left."""
        if not self.is_done:
            raise self.unexpected("<EOF>")

    def unexpected(self, expected: str) -> MalformedQuery:
        """What is next is not what belongs here."""
        if self.is_done:
            return MalformedQuery(
                f"{where(self._statement, len(self._statement))}: mismatched input '<EOF>'. Expecting: {expected}"
            )
        token = self._tokens[self._at]
        return MalformedQuery(
            f"{where(self._statement, token.at)}: mismatched input '{token.text}'. Expecting: {expected}"
        )

    def _next(self, expected: str) -> Token:
        if self.is_done:
            raise self.unexpected(expected)
        self._at += 1
        return self._tokens[self._at - 1]
