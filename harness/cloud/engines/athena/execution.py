"""One execution of a statement, from QUEUED to its end.

Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_QueryExecution.html
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from harness.cloud.engines.athena.query_errors import QueryError
from harness.cloud.engines.athena.requests import StartQueryExecution
from harness.cloud.engines.athena.results import Table

QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED = "QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"


@dataclass(eq=False, kw_only=True)
class Execution:
    """An execution.

    Attributes:
        output: URL of the result's file; "" where none is written.
        values: the rows with the values DuckDB gave, for the words of tests.
        objects: URLs of the objects it read.
        held_ms: how much longer than usual it waits in the queue.
        breaks: whether a fault lets it fail.
    """

    id: str
    request: StartQueryExecution
    statement_type: str
    substatement_type: str
    output: str
    submitted_us: int
    database: str
    by: str
    state: str = QUEUED
    error: QueryError | None = None
    reason: str = ""
    began_us: int = 0
    ended_us: int = 0
    scanned_bytes: int = 0
    result: Table | None = None
    values: list[tuple[Any, ...]] = field(default_factory=list)
    objects: tuple[str, ...] = ()
    held_ms: int = 0
    breaks: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.state in (SUCCEEDED, FAILED, CANCELLED)

    def described(self, epoch_us: int) -> dict[str, Any]:
        """As GetQueryExecution has it.

        Args:
            epoch_us: microseconds between 1970 and the start of the run.
        """
        status: dict[str, Any] = {"State": self.state, "SubmissionDateTime": (epoch_us + self.submitted_us) / 1e6}
        if self.is_over:
            status["CompletionDateTime"] = (epoch_us + self.ended_us) / 1e6
        if self.reason:
            status["StateChangeReason"] = self.reason
        if self.error:
            status["AthenaError"] = {
                "ErrorCategory": self.error.category,
                "ErrorType": self.error.type,
                "Retryable": self.error.code == "GENERIC_INTERNAL_ERROR",
                "ErrorMessage": self.reason,
            }
        found = {
            "QueryExecutionId": self.id,
            "Query": self.request.query_string,
            "StatementType": self.statement_type,
            "SubstatementType": self.substatement_type,
            "ResultConfiguration": {"OutputLocation": self.output},
            "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "QueryExecutionContext": {"Database": self.database, "Catalog": "awsdatacatalog"},
            "Status": status,
            "Statistics": self._statistics(),
            "WorkGroup": self.request.work_group,
            "EngineVersion": {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"},
        }
        if self.request.execution_parameters:
            found["ExecutionParameters"] = self.request.execution_parameters
        return found

    def _statistics(self) -> dict[str, Any]:
        if not self.is_over:
            return {}
        began_us = self.began_us or self.ended_us
        return {
            "EngineExecutionTimeInMillis": (self.ended_us - began_us) // 1000,
            "DataScannedInBytes": self.scanned_bytes,
            "TotalExecutionTimeInMillis": (self.ended_us - self.submitted_us) // 1000,
            "QueryQueueTimeInMillis": (began_us - self.submitted_us) // 1000,
            "ServiceProcessingTimeInMillis": 0,
            "ResultReuseInformation": {"ReusedPreviousResult": False},
        }
