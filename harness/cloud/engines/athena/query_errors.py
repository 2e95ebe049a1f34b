"""Why a query fails, in Athena's words.

Source: https://docs.aws.amazon.com/athena/latest/ug/troubleshooting-athena.html and
https://docs.aws.amazon.com/athena/latest/ug/error-reference.html
"""

SYSTEM, USER = 1, 2

_NEWLINE = "\n"

USER_ERROR = 1000
DATA_ERROR = 1001
DDL_FAILED = 1003
SYNTAX = 1006
RESOURCE_EXHAUSTED = 0
INTERNAL = 200
RESULT_UNWRITABLE = 401

_UNSAID = ("", "RESULT_UNWRITABLE")
_TYPES = {
    "RESULT_UNWRITABLE": RESULT_UNWRITABLE,
    "HIVE_BAD_DATA": DATA_ERROR,
    "HIVE_CURSOR_ERROR": DATA_ERROR,
    "HIVE_CANNOT_OPEN_SPLIT": DATA_ERROR,
    "SYNTAX_ERROR": SYNTAX,
    "COLUMN_NOT_FOUND": SYNTAX,
    "TABLE_NOT_FOUND": SYNTAX,
    "GENERIC_INTERNAL_ERROR": INTERNAL,
}


class QueryError(Exception):
    """A query fails.

    Attributes:
        code: as in "HIVE_BAD_DATA"; "" where Athena's text has none.
        at: where in the statement, as offset in bytes; None: nowhere in particular.
    """

    def __init__(self, code: str, message: str, *, at: int | None = None) -> None:
        super().__init__(f"{code}: {message}" if code else message)
        self.code = code
        self.message = message
        self.at = at

    def reason(self, statement: str) -> str:
        """What GetQueryExecution says, with the line and column of the statement it is about."""
        where = f"{position(statement, self.at)}: " if self.at is not None else ""
        return f"{self.code}: {where}{self.message}" if self.code not in _UNSAID else f"{where}{self.message}"

    @property
    def category(self) -> int:
        """Whose fault it is."""
        return SYSTEM if self.code == "GENERIC_INTERNAL_ERROR" else USER

    @property
    def type(self) -> int:
        """Its number in Athena's error catalogue."""
        if not self.code:
            return DDL_FAILED if self.message.startswith("FAILED") else RESOURCE_EXHAUSTED
        return _TYPES.get(self.code, USER_ERROR)


class MalformedQuery(Exception):
    """A statement that Athena refuses to take at all.

    Attributes:
        message: with its place, as in "line 1:8: mismatched input 'FORM'".
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def position(statement: str, at: int) -> str:
    """Line and column, both counted from 1, of an offset in bytes."""
    before = statement.encode(errors="replace")[:at].decode(errors="replace")
    line = before.count("\n") + 1
    return f"line {line}:{len(before) - before.rfind(_NEWLINE)}"


def ddl_failed(message: str) -> QueryError:
    """A statement of Hive's part of the language fails."""
    return QueryError("", f"FAILED: {message}")


def exhausted() -> QueryError:
    """The query needs more memory or time than there is."""
    return QueryError("", "Query exhausted resources at this scale factor")


def bad_data(message: str) -> QueryError:
    """A value does not have the type of its column."""
    return QueryError("HIVE_BAD_DATA", message)
