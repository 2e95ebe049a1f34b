"""Cuts the text of a query into tokens."""

import re
from dataclasses import dataclass

from harness.cloud.engines.graph.errors import malformed

MAX_CHARACTERS = 1_000_000
MAX_TOKENS = 20_000
"""Far above any query a person writes: values belong into parameters."""

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<float>\d+\.\d+(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)
  | (?P<integer>\d+)
  | (?P<name>[^\W\d]\w*)
  | (?P<quoted>`(?:[^`]|``)*`)
  | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
  | (?P<parameter>\$(?:[^\W\d]\w*|\d+|`(?:[^`]|``)*`))
  | (?P<symbol><>|<=|>=|\+=|\.\.|[-+*/%^=<>()\[\]{},.:;|])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """One token.

    Attributes:
        kind: "name", "quoted", "string", "integer", "float", "parameter", "symbol" or "end".
        text: without quotes and escapes.
        start, end: where it stands in the query.
    """

    kind: str
    text: str
    start: int
    end: int


def tokens_of(query: str) -> list[Token]:
    """All tokens, and one of the kind "end" behind them.

    Raises:
        GraphError: something in the query is no token.
    """
    if len(query) > MAX_CHARACTERS:
        raise malformed(f"the query is longer than {MAX_CHARACTERS} characters; pass values as parameters")
    tokens: list[Token] = []
    position = 0
    while position < len(query):
        found = _TOKEN.match(query, position)
        if found is None:
            raise malformed(f"invalid input {query[position]!r} (offset {position})")
        kind = found.lastgroup or ""
        if kind != "space":
            tokens.append(Token(kind, _text(kind, found.group()), position, found.end()))
        position = found.end()
    if len(tokens) > MAX_TOKENS:
        raise malformed(f"the query has more than {MAX_TOKENS} words and signs; pass values as parameters")
    return [*tokens, Token("end", "", len(query), len(query))]


def _text(kind: str, text: str) -> str:
    if kind == "quoted":
        return text[1:-1].replace("``", "`")
    if kind == "parameter":
        return _text("quoted", text[1:]) if text[1] == "`" else text[1:]
    if kind == "string":
        return _ESCAPE.sub(_unescaped, text[1:-1])
    return text


def _unescaped(found: re.Match[str]) -> str:
    mark = found.group(1)
    return chr(int(mark[1:], 16)) if len(mark) == 5 else _ESCAPES.get(mark, mark)
