"""Amazon Athena as a client sees it: the AWS JSON protocol, one HTTP request, one reply.

Left out: named queries, prepared statements, result reuse, notebooks, capacity reservations
and data catalogues other than AwsDataCatalog.

Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_Operations.html
"""

import re
from typing import Any

from harness.cloud.engines.athena import requests
from harness.cloud.engines.athena.errors import AthenaError, invalid
from harness.cloud.engines.athena.execution import SUCCEEDED, Execution
from harness.cloud.engines.athena.executions import Executions, Surroundings
from harness.cloud.engines.athena.work_groups import WorkGroup
from harness.cloud.engines.aws_json import Action, AwsJsonProtocol
from harness.faults.athena import QueryFails, QueryHeld
from harness.faults.board import FaultBoard
from harness.simulation.wire import Call, Reply

TARGET_PREFIX = "AmazonAthena."
PAGE = 1000
"""Rows of a page at most, the header among them. Source: API_GetQueryResults"""
BATCH = 50
"""Executions of one BatchGetQueryExecution. Source: API_BatchGetQueryExecution"""
CUTOFF_BYTES = 10_000_000
"""Source: API_WorkGroupConfiguration"""


class AthenaService:
    """Athena in one account and Region, behind its API.

    Attributes:
        executions: what it runs and ran.
    """

    def __init__(self, surroundings: Surroundings, faults: FaultBoard) -> None:
        clock = surroundings.loop.clock
        self._faults = faults
        self._epoch_us = clock.unix_us() - clock.now_us
        self._stored = surroundings.results
        self.executions = Executions(surroundings)
        table: list[tuple[str, Action, type[requests.Request]]] = [
            ("StartQueryExecution", self._start, requests.StartQueryExecution),
            ("StopQueryExecution", self._stop, requests.OneQuery),
            ("GetQueryExecution", self._get, requests.OneQuery),
            ("BatchGetQueryExecution", self._get_many, requests.BatchGetQueryExecution),
            ("ListQueryExecutions", self._list, requests.ListQueryExecutions),
            ("GetQueryResults", self._results, requests.GetQueryResults),
            ("GetWorkGroup", self._work_group, requests.OneWorkGroup),
            ("ListWorkGroups", self._work_groups, requests.ListWorkGroups),
            ("CreateWorkGroup", self._create_work_group, requests.CreateWorkGroup),
        ]
        self._protocol = AwsJsonProtocol(
            "Athena",
            TARGET_PREFIX,
            table,
            AthenaError,
            surroundings.randomness.stream("athena/request ids"),
            message_member="Message",
        )

    async def answer(self, call: Call) -> Reply:
        """Carries out one request and gives its reply; an error is a reply too."""
        return self._protocol.answer(call)

    # ---- executions ------------------------------------------------------------------------

    def _start(self, request: requests.StartQueryExecution, call: Call) -> dict[str, Any]:
        token = request.client_request_token
        if token and not 32 <= len(token) <= 128:
            raise invalid("ClientRequestToken has 32 to 128 characters")
        is_new = not token or all(each.request.client_request_token != token for each in self._all())
        execution = self.executions.start(request, call.caller.function or "client")
        if is_new:
            held = self._faults.on_call(QueryHeld, call)
            execution.held_ms = held.hold_ms if held else 0
            execution.breaks = self._faults.on_call(QueryFails, call) is not None
        return {"QueryExecutionId": execution.id}

    def _stop(self, request: requests.OneQuery, call: Call) -> dict[str, Any]:
        self.executions.stop(request.query_execution_id)
        return {}

    def _get(self, request: requests.OneQuery, call: Call) -> dict[str, Any]:
        return {"QueryExecution": self.executions.find(request.query_execution_id).described(self._epoch_us)}

    def _get_many(self, request: requests.BatchGetQueryExecution, call: Call) -> dict[str, Any]:
        asked = request.query_execution_ids
        if not 1 <= len(asked) <= BATCH:
            raise invalid(f"QueryExecutionIds has 1 to {BATCH} members")
        known = self.executions.by_id
        missing = [_missing(each) for each in asked if each not in known]
        found = [known[each].described(self._epoch_us) for each in asked if each in known]
        return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing}

    def _list(self, request: requests.ListQueryExecutions, call: Call) -> dict[str, Any]:
        """The newest first."""
        if not 0 <= request.max_results <= BATCH:
            raise invalid(f"MaxResults is from 0 to {BATCH}")
        group = self.executions.work_groups.find(request.work_group).name
        ids = [each.id for each in reversed(self._all()) if (each.request.work_group or "primary") == group]
        begins = _offset(request.next_token)
        ends = begins + (request.max_results or BATCH)
        return {"QueryExecutionIds": ids[begins:ends], **({"NextToken": str(ends)} if ends < len(ids) else {})}

    def _all(self) -> list[Execution]:
        return list(self.executions.by_id.values())

    # ---- results ---------------------------------------------------------------------------

    def _results(self, request: requests.GetQueryResults, call: Call) -> dict[str, Any]:
        execution = self.executions.find(request.query_execution_id)
        if not execution.is_over:
            raise invalid(f"Query has not yet finished. Current state: {execution.state}", "")
        if execution.state != SUCCEEDED or execution.result is None:
            raise invalid(f"Query did not finish successfully. Final query state: {execution.state}", "")
        if not 1 <= request.max_results <= PAGE:
            raise invalid(f"MaxResults is from 1 to {PAGE}")
        if execution.output and not self._stored.has_object(execution.output):
            raise invalid("Could not find results", "")
        begins = _offset(request.next_token)
        lines = execution.result.lines()
        page = lines[begins : begins + request.max_results]
        rows = [{"Data": [{} if each is None else {"VarCharValue": each} for each in line]} for line in page]
        columns = [each.described() for each in execution.result.columns]
        found: dict[str, Any] = {
            "UpdateCount": 0,
            "ResultSet": {"Rows": rows, "ResultSetMetadata": {"ColumnInfo": columns}},
        }
        if begins + len(page) < len(lines):
            found["NextToken"] = str(begins + len(page))
        return found

    # ---- workgroups ------------------------------------------------------------------------

    def _work_group(self, request: requests.OneWorkGroup, call: Call) -> dict[str, Any]:
        groups = self.executions.work_groups
        if request.work_group not in groups.named:
            raise invalid(f"WorkGroup {request.work_group} is not found.")
        return {"WorkGroup": groups.named[request.work_group].described(groups.created_s)}

    def _work_groups(self, request: requests.ListWorkGroups, call: Call) -> dict[str, Any]:
        groups = self.executions.work_groups
        return {"WorkGroups": [groups.named[name].summary(groups.created_s) for name in sorted(groups.named)]}

    def _create_work_group(self, request: requests.CreateWorkGroup, call: Call) -> dict[str, Any]:
        if not re.fullmatch(r"[a-zA-Z0-9._-]{1,128}", request.name):
            raise invalid("Name has 1 to 128 letters, digits, dots, underscores and hyphens")
        if request.name in self.executions.work_groups.named:
            raise invalid(f"WorkGroup {request.name} is already created")
        given = request.configuration
        cutoff = given.bytes_scanned_cutoff_per_query
        if cutoff is not None and cutoff < CUTOFF_BYTES:
            raise invalid(f"BytesScannedCutoffPerQuery is at least {CUTOFF_BYTES}")
        self.executions.work_groups.add(
            WorkGroup(
                request.name,
                request.description,
                given.result_configuration.output_location,
                given.enforce_work_group_configuration,
                cutoff,
            )
        )
        return {}


def _missing(query_id: str) -> dict[str, str]:
    message = f"QueryExecution {query_id} was not found"
    return {"QueryExecutionId": query_id, "ErrorCode": "INVALID_INPUT", "ErrorMessage": message}


def _offset(token: str) -> int:
    if not re.fullmatch(r"\d{0,9}", token):
        raise invalid("Invalid token")
    return int(token or 0)
