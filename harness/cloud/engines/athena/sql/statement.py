"""What a statement is, before DuckDB sees it: its kind by the first word, and what is not Trino's by its signs.

Source: https://docs.aws.amazon.com/athena/latest/ug/ddl-sql-reference.html
"""

import re

from harness.cloud.engines.athena.query_errors import MalformedQuery, position

LONGEST_BYTES = 262_144
"""Source: https://docs.aws.amazon.com/athena/latest/ug/service-limits.html"""

QUERY, DDL = "DML", "DDL"

_TOKEN = re.compile(
    r"(?P<blank>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))|(?P<text>'(?:[^']|'')*')|(?P<name>\"(?:[^\"]|\"\")*\")"
    r"|(?P<tick>`[^`]*`)|(?P<word>\w+)|(?P<sign>::|==|//|`|\$\d|#\d|\[|\]|\(|\)|<|>|;|.)",
    re.DOTALL,
)
_QUERIES = ("SELECT", "WITH", "VALUES", "(", "TABLE")
_STATEMENTS = ("CREATE", "ALTER", "DROP", "MSCK", "SHOW", "DESCRIBE", "DESC")
_LEFT_OUT = (
    "INSERT",
    "DELETE",
    "UPDATE",
    "MERGE",
    "UNLOAD",
    "EXPLAIN",
    "PREPARE",
    "EXECUTE",
    "DEALLOCATE",
    "VACUUM",
    "OPTIMIZE",
)
_FOREIGN = ("::", "==", "//", "`")
_ARRAYS = 30


class Token:
    """A word, sign or literal.

    Attributes:
        kind: "text", "name", "tick", "word" or "sign".
        at: offset in characters.
    """

    __slots__ = ("at", "kind", "text")

    def __init__(self, kind: str, text: str, at: int) -> None:
        self.kind = kind
        self.text = text
        self.at = at

    @property
    def upper(self) -> str:
        """The text in upper case."""
        return self.text.upper()


def tokens(statement: str) -> list[Token]:
    """The tokens of a statement, without blanks and comments."""
    found = (Token(match.lastgroup or "", match[0], match.start()) for match in _TOKEN.finditer(statement))
    return [token for token in found if token.kind != "blank"]


def kind_of(statement: str) -> str:
    """QUERY or DDL.

    Raises:
        MalformedQuery: Athena takes no such statement, or this simulator has none.
    """
    found = tokens(statement)
    while found and found[-1].text == ";":
        found.pop()
    if not found:
        raise MalformedQuery("line 1:1: mismatched input '<EOF>'. Expecting: <query>")
    if len(statement.encode(errors="replace")) > LONGEST_BYTES:
        raise MalformedQuery(f"Query string is longer than {LONGEST_BYTES} bytes")
    if any(token.text == ";" for token in found):
        raise MalformedQuery("Only one sql statement is allowed. Got: " + statement[:200])
    first = found[0].upper
    if first in _QUERIES:
        _refuse_foreign(found, statement)
        return QUERY
    if first in _STATEMENTS:
        return DDL
    if first in _LEFT_OUT:
        raise MalformedQuery(f"{first} is not simulated: a query reads, and CREATE EXTERNAL TABLE, ALTER TABLE ADD "
                             "PARTITION, MSCK REPAIR TABLE, DROP and SHOW are what else there is")  # fmt: skip
    raise MalformedQuery(f"{where(statement, found[0].at)}: mismatched input '{found[0].text}'. Expecting: 'ALTER', "
                         "'CREATE', 'DESCRIBE', 'DROP', 'MSCK', 'SHOW', <query>")  # fmt: skip


def where(statement: str, at: int) -> str:
    """Line and column of an offset in characters."""
    return position(statement, len(statement[:at].encode(errors="replace")))


def in_duckdb_words(statement: str) -> str:
    """The query with the types that DuckDB's parser does not know: ARRAY(BIGINT) is BIGINT[]. Offsets stay."""
    text = statement.rstrip().rstrip(";")
    for _ in range(_ARRAYS):
        if (found := _innermost_array(text)) is None:
            break
        begins, opens, closes = found
        inner = text[opens + 1 : closes].strip()
        text = text[:begins] + inner + "[]" + " " * (closes + 1 - begins - len(inner) - 2) + text[closes + 1 :]
    return text


def _innermost_array(text: str) -> tuple[int, int, int] | None:
    """Where the last `ARRAY(type)` begins, opens and closes."""
    found = tokens(text)
    for index in range(len(found) - 3, -1, -1):
        if found[index].upper != "ARRAY" or found[index].kind != "word" or found[index + 1].text not in "(<":
            continue
        opening = found[index + 1].text
        closing = ")" if opening == "(" else ">"
        depth = 0
        for token in found[index + 1 :]:
            depth += (token.text == opening) - (token.text == closing)
            if depth == 0:
                return found[index].at, found[index + 1].at, token.at
    return None


def _refuse_foreign(found: list[Token], statement: str) -> None:
    for token, following in zip(found, [*found[1:], None], strict=True):
        if token.kind == "tick" or token.text in _FOREIGN or re.fullmatch(r"[$#]\d", token.text):
            raise MalformedQuery(
                f"{where(statement, token.at)}: mismatched input '{token.text}'. Expecting: <expression>"
            )
        if (
            token.kind == "word"
            and token.upper == "E"
            and following
            and following.kind == "text"
            and following.at == token.at + 1
        ):
            raise MalformedQuery(f"{where(statement, following.at)}: mismatched input {following.text}")
