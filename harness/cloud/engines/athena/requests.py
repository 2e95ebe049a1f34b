"""The requests of the Athena API that the simulator knows, as typed records: decoding one checks its types.

Source: https://docs.aws.amazon.com/athena/latest/APIReference/API_Operations.html
"""

import msgspec


class Request(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """A request, or a part of one."""


class Context(Request, frozen=True, kw_only=True):
    """Where names without a database are looked up."""

    database: str = ""
    catalog: str = ""


class ResultConfiguration(Request, frozen=True, kw_only=True):
    """Where results are written. Encryption and ownership change nothing here."""

    output_location: str = ""


class StartQueryExecution(Request, frozen=True, kw_only=True):
    """Starts a query."""

    query_string: str = ""
    client_request_token: str = ""
    query_execution_context: Context = Context()
    result_configuration: ResultConfiguration = ResultConfiguration()
    work_group: str = "primary"
    execution_parameters: list[str] = []


class OneQuery(Request, frozen=True, kw_only=True):
    """A request about one execution."""

    query_execution_id: str = ""


class GetQueryResults(OneQuery, frozen=True, kw_only=True):
    """Reads a page of rows."""

    next_token: str = ""
    max_results: int = 1000


class BatchGetQueryExecution(Request, frozen=True, kw_only=True):
    """Reads up to 50 executions."""

    query_execution_ids: list[str] = []


class ListQueryExecutions(Request, frozen=True, kw_only=True):
    """Lists the executions of a workgroup."""

    next_token: str = ""
    max_results: int = 50
    work_group: str = "primary"


class OneWorkGroup(Request, frozen=True, kw_only=True):
    """A request about one workgroup."""

    work_group: str = ""


class ListWorkGroups(Request, frozen=True, kw_only=True):
    """Lists workgroups."""

    next_token: str = ""
    max_results: int = 50


class WorkGroupConfiguration(Request, frozen=True, kw_only=True):
    """What holds for the queries of a workgroup."""

    result_configuration: ResultConfiguration = ResultConfiguration()
    enforce_work_group_configuration: bool = True
    bytes_scanned_cutoff_per_query: int | None = None


class CreateWorkGroup(Request, frozen=True, kw_only=True):
    """Creates a workgroup."""

    name: str = ""
    description: str = ""
    configuration: WorkGroupConfiguration = WorkGroupConfiguration()
