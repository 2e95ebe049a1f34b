"""All executions: taken, queued, run on virtual time, their results written to S3.

AWS publishes no times. The model's: about 200 ms in the queue, then 1 s and 1 ms for each
KiB scanned, at most 3 s; a statement of Hive's part 500 ms; one that fails in analysis 300 ms.
What a query reads is what is there when it begins to run.

Source: https://docs.aws.amazon.com/athena/latest/ug/service-limits.html
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

from harness.cloud.engines.athena.ddl.statements import Statement, read_statement
from harness.cloud.engines.athena.engine import Engine
from harness.cloud.engines.athena.errors import TOO_MANY, AthenaError, invalid, malformed
from harness.cloud.engines.athena.execution import CANCELLED, FAILED, QUEUED, RUNNING, SUCCEEDED, Execution
from harness.cloud.engines.athena.permits import Permits
from harness.cloud.engines.athena.query_errors import MalformedQuery, QueryError
from harness.cloud.engines.athena.records import QueryEnded, QuerySubmitted
from harness.cloud.engines.athena.requests import StartQueryExecution
from harness.cloud.engines.athena.results import Column, Table, column, text
from harness.cloud.engines.athena.sql.statement import LONGEST_BYTES, QUERY, kind_of
from harness.cloud.engines.athena.storage.objects import Files, Results
from harness.cloud.engines.athena.work_groups import WorkGroup, WorkGroups
from harness.cloud.engines.glue.catalogue import Catalogue
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness, uuid_from
from harness.simulation.trace import Trace

QUEUE_MS = 200.0
BASE_MS = 1000.0
MOST_MS = 3000.0
DDL_MS = 500.0
REFUSED_MS = 300.0
ACTIVE_LIMIT = {"DML": 200, "DDL": 20}
"""Queries that may wait or run at once. Source: service-limits.html, eu-west-1"""


@dataclass(frozen=True)
class Surroundings:
    """What executions need from outside.

    Attributes:
        permits: what somebody may do, by name.
    """

    loop: VirtualLoop
    trace: Trace
    randomness: Randomness
    engine: Engine
    catalogue: Catalogue
    files: Files
    results: Results
    permits: Callable[[str], Permits]


class Executions:
    """The executions of the account.

    Attributes:
        by_id: all of them, in the order of their submission.
        work_groups: where they belong.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._chance = surroundings.randomness.stream("athena")
        self.by_id: dict[str, Execution] = {}
        self.work_groups = WorkGroups(surroundings.loop.clock.unix_s())
        self._by_token: dict[str, Execution] = {}

    def start(self, request: StartQueryExecution, by: str, *, kept_in_s3: bool = True) -> Execution:
        """Takes a statement.

        Args:
            by: who starts it, for the trace.
            kept_in_s3: whether its result is written to S3.

        Raises:
            AthenaError: it is refused.
        """
        if known := self._by_token.get(request.client_request_token):
            if known.request != request:
                raise invalid("Idempotent parameters do not match", "")
            return known
        group = self.work_groups.find(request.work_group)
        database = (request.query_execution_context.database or "default").lower()
        statement = self._read(request, database)
        kind = statement.type if statement else "DML"
        self._refuse_too_many(kind)
        execution = Execution(
            id=uuid_from(self._chance),
            request=request,
            statement_type=kind,
            substatement_type=statement.subtype if statement else "SELECT",
            output="",
            submitted_us=self._around.loop.clock.now_us,
            database=database,
            by=by,
        )
        if kept_in_s3:
            execution.output = self._output(execution, group)
        self._keep(execution)
        self._around.loop.keep(self._live(execution, statement, group))
        return execution

    def find(self, query_id: str) -> Execution:
        """The execution of this id. Raises AthenaError if there is none."""
        if query_id not in self.by_id:
            raise invalid(f"QueryExecution {query_id} was not found")
        return self.by_id[query_id]

    def stop(self, query_id: str) -> None:
        """Cancels an execution; one that is over stays as it is. Raises AthenaError if there is none."""
        execution = self.find(query_id)
        if not execution.is_over:
            self._end(execution, CANCELLED, "Query cancelled by user")

    # ---- taking ----------------------------------------------------------------------------

    def _read(self, request: StartQueryExecution, database: str) -> Statement | None:
        """The statement, if it is none that DuckDB runs."""
        text = request.query_string
        if not text.strip():
            raise invalid("Query string is empty. Member must have length greater than or equal to 1")
        if len(text.encode(errors="replace")) > LONGEST_BYTES:
            raise invalid(f"Member must have length less than or equal to {LONGEST_BYTES}")
        try:
            if kind_of(text) == QUERY:
                self._around.engine.parse(text)
                return None
            return read_statement(text, database)
        except MalformedQuery as error:
            raise malformed(error.message) from None

    def _refuse_too_many(self, kind: str) -> None:
        limit = ACTIVE_LIMIT.get(kind, ACTIVE_LIMIT["DDL"])
        active = sum(1 for each in self.by_id.values() if not each.is_over and each.statement_type == kind)
        if active >= limit:
            message = "You have exceeded the limit for the number of queries you can run concurrently."
            raise AthenaError(TOO_MANY, message, Reason="CONCURRENT_QUERY_LIMIT_EXCEEDED")

    def _output(self, execution: Execution, group: WorkGroup) -> str:
        location = group.location(execution.request.result_configuration.output_location)
        permits = self._around.permits(execution.by)
        if not self._around.results.has_bucket(location) or not permits.may_locate(location):
            raise invalid(f"Unable to verify/create output bucket {location[5:].partition('/')[0]}")
        ending = "csv" if execution.statement_type == "DML" else "txt"
        return f"{location.rstrip('/')}/{execution.id}.{ending}"

    def _keep(self, execution: Execution) -> None:
        self.by_id[execution.id] = execution
        if execution.request.client_request_token:
            self._by_token[execution.request.client_request_token] = execution
        statement = execution.request.query_string
        self._around.trace.append(QuerySubmitted(query=execution.id, by=execution.by, statement=statement))

    # ---- running ---------------------------------------------------------------------------

    async def _live(self, execution: Execution, statement: Statement | None, group: WorkGroup) -> None:
        await self._pass(QUEUE_MS)
        if execution.held_ms:
            await asyncio.sleep(execution.held_ms / 1000)
        if execution.state != QUEUED:
            return
        execution.state = RUNNING
        execution.began_us = self._around.loop.clock.now_us
        try:
            if execution.breaks:
                raise QueryError("GENERIC_INTERNAL_ERROR", "Query engine had an internal error")
            if statement is not None:
                await self._pass(DDL_MS)
                self._change(execution, statement)
            else:
                await self._query(execution, group)
        except QueryError as error:
            await self._pass(REFUSED_MS)
            self._fail(execution, error)
            return
        if execution.state == RUNNING:
            self._finish(execution)

    async def _query(self, execution: Execution, group: WorkGroup) -> None:
        request = execution.request
        now = self._around.loop.clock.utcnow()
        permits = self._around.permits(execution.by)
        answer = self._around.engine.run(
            request.query_string, execution.database, request.execution_parameters, now, permits
        )
        await self._pass(min(BASE_MS + answer.scanned_bytes / 1024, MOST_MS))
        if execution.state != RUNNING:
            return
        execution.scanned_bytes = answer.scanned_bytes
        if group.cutoff_bytes is not None and answer.scanned_bytes > group.cutoff_bytes:
            self._end(execution, CANCELLED, "Bytes scanned limit was exceeded")
            return
        execution.values = answer.rows
        execution.objects = answer.objects
        columns = [column(name, kind) for name, kind in answer.columns]
        execution.result = Table(columns, [[text(value) for value in row] for row in answer.rows])

    def _change(self, execution: Execution, statement: Statement) -> None:
        if execution.state != RUNNING:
            return
        self._around.permits(execution.by).statement(statement.subtype, execution.database)
        lines = statement.run(self._around.catalogue, self._around.files)
        columns = [Column(statement.column, "string")]
        execution.values = [(line,) for line in lines]
        execution.result = Table(columns, [[line] for line in lines], has_header=False)

    def _finish(self, execution: Execution) -> None:
        assert execution.result is not None
        if execution.output and not self._write(execution, execution.result):
            self._fail(
                execution,
                QueryError(
                    "RESULT_UNWRITABLE",
                    f"Access denied when writing output to url: {execution.output} . Please ensure you are allowed to "
                    "access the S3 bucket.",
                ),
            )
            return
        self._end(execution, SUCCEEDED, "")

    def _write(self, execution: Execution, result: Table) -> bool:
        """Writes the result and, beside it, its metadata; here in JSON, which on Athena is a format of its own."""
        if not self._around.permits(execution.by).may_write(execution.output):
            return False
        metadata = json.dumps({"columns": [each.described() for each in result.columns]}).encode()
        written = self._around.results.write(execution.output, result.file())
        return written and self._around.results.write(f"{execution.output}.metadata", metadata)

    def _fail(self, execution: Execution, error: QueryError) -> None:
        if execution.state == RUNNING:
            execution.error = error
            self._end(execution, FAILED, error.reason(execution.request.query_string))

    def _end(self, execution: Execution, state: str, reason: str) -> None:
        execution.state = state
        execution.reason = reason
        execution.ended_us = self._around.loop.clock.now_us
        execution.done.set()
        ended = QueryEnded(
            query=execution.id,
            state=state,
            scanned_bytes=execution.scanned_bytes,
            rows=len(execution.values),
            reason=reason,
        )
        self._around.trace.append(ended)

    async def _pass(self, nominal_ms: float) -> None:
        await asyncio.sleep(round(nominal_ms * self._chance.uniform(0.9, 1.1) * 1000) / 1_000_000)
