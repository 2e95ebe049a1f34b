"""Queries as an analyst runs them on Athena, and what there is to know of all that ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.cloud.errors import SubmissionError

if TYPE_CHECKING:
    from harness.cloud.engines.athena.execution import Execution
    from harness.world.deployment import Deployment

ANALYST = "analyst"


class QueryDidNotSucceed(SubmissionError):
    """A query that a test runs on the submission's tables fails: AWS would fail it, too."""


class Rows(list[dict[str, Any]]):
    """The rows of a query, by the names of its columns, in the order in which they came.

    Whole numbers, decimals, truth, dates and lists are Python's own; NULL is None.

    Attributes:
        scanned_bytes: what it read, as Athena counts it.
        objects: URLs of the objects it read.
        took_ms: virtual time from its submission to its end.
    """

    def __init__(self, rows: list[dict[str, Any]], execution: Execution) -> None:
        super().__init__(rows)
        self.scanned_bytes = execution.scanned_bytes
        self.objects = execution.objects
        self.took_ms = (execution.ended_us - execution.submitted_us) // 1000


@dataclass(frozen=True)
class QueryRun:
    """An execution on Athena.

    Attributes:
        by: logical id of the function that started it; "analyst" if a test did.
        state: QUEUED, RUNNING, SUCCEEDED, FAILED or CANCELLED.
        reason: why it failed.
        output: URL of the result; "" where none is written.
        ended_ms: None: it is not over.
    """

    id: str
    by: str
    statement: str
    state: str
    reason: str
    scanned_bytes: int
    output: str
    submitted_ms: int
    ended_ms: int | None


class QueryWords:
    """A part of `World`."""

    _deployment: Deployment

    async def query(self, statement: str, *, database: str = "default", parameters: tuple[str, ...] = ()) -> Rows:
        """Runs a statement on Athena as somebody who may read everything; its result is written nowhere.

        Args:
            database: where tables are that are named without one.
            parameters: expressions for its question marks, a text in quotes.

        Raises:
            QueryDidNotSucceed: it fails, or Athena does not take it.
        """
        from harness.cloud.engines.athena.errors import AthenaError
        from harness.cloud.engines.athena.requests import Context, StartQueryExecution

        request = StartQueryExecution(
            query_string=statement,
            query_execution_context=Context(database=database),
            execution_parameters=list(parameters),
        )
        try:
            execution = self._deployment.athena.executions.start(request, ANALYST, kept_in_s3=False)
        except AthenaError as error:
            raise _failed(statement, error.message) from None
        await execution.done.wait()
        if execution.result is None or execution.state != "SUCCEEDED":
            raise _failed(statement, execution.reason)
        names = [column.name for column in execution.result.columns]
        return Rows([dict(zip(names, row, strict=True)) for row in execution.values], execution)

    def queries(self) -> list[QueryRun]:
        """Every execution so far, the test's own among them, in the order of their submission."""
        return [_shown(each) for each in self._deployment.athena.executions.by_id.values()]


def _failed(statement: str, reason: str) -> QueryDidNotSucceed:
    return QueryDidNotSucceed(
        f"The query does not succeed: {reason}",
        got=statement,
        try_="run it in a handler, or in Athena's console: it fails there, too",
    )


def _shown(execution: Execution) -> QueryRun:
    return QueryRun(
        id=execution.id,
        by=execution.by,
        statement=execution.request.query_string,
        state=execution.state,
        reason=execution.reason,
        scanned_bytes=execution.scanned_bytes,
        output=execution.output,
        submitted_ms=execution.submitted_us // 1000,
        ended_ms=execution.ended_us // 1000 if execution.is_over else None,
    )
