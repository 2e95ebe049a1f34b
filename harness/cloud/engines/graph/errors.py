"""What Neptune answers when it cannot do a query: code, status and words.

Source: https://docs.aws.amazon.com/neptune/latest/userguide/errors-engine-codes.html
and https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-exceptions.html
"""

STATUSES = {
    "AccessDeniedException": 403,
    "BadRequestException": 400,
    "ConcurrentModificationException": 500,
    "ConstraintViolationException": 400,
    "InternalFailureException": 500,
    "InvalidNumericDataException": 400,
    "InvalidParameterException": 400,
    "MalformedQueryException": 400,
    "MemoryLimitExceededException": 500,
    "MethodNotAllowedException": 405,
    "MissingParameterException": 400,
    "QueryLimitExceededException": 500,
    "QueryTooLargeException": 400,
    "ReadOnlyViolationException": 400,
    "ThrottlingException": 500,
    "TimeLimitExceededException": 500,
    "TooManyRequestsException": 429,
    "UnsupportedOperationException": 400,
}
"""HTTP status of each code that is given here."""


class GraphError(Exception):
    """Neptune refuses or gives up a request; nothing of it has been done.

    Attributes:
        code: one of `STATUSES`.
        words: the detailedMessage.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUSES[self.code]


class PartMissing(GraphError):
    """The query is good openCypher and asks for something that is not simulated.

    Attributes:
        what: it, in words, for the verdict.
    """

    def __init__(self, what: str) -> None:
        super().__init__("MalformedQueryException", f"{what} is not simulated (see the kata's README)")
        self.what = what


def malformed(words: str) -> GraphError:
    """The query's author has to change it."""
    return GraphError("MalformedQueryException", words)


def out_of_memory() -> GraphError:
    """The query's intermediate results grew too large."""
    return GraphError("MemoryLimitExceededException", "Operation terminated (out of memory)")


def deadline_exceeded() -> GraphError:
    """The query would still run at its time limit."""
    return GraphError("TimeLimitExceededException", "Operation terminated (deadline exceeded)")


def read_only() -> GraphError:
    """A reader was asked to write."""
    return GraphError("ReadOnlyViolationException", "openCypher update attempted on a read-only replica")


def conflict() -> GraphError:
    """Another transaction changes the same."""
    words = "Operation failed due to conflicting concurrent operations (please retry)."
    return GraphError("ConcurrentModificationException", f"{words} Transactions are currently rolling back.")
