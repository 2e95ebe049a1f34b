"""The AWS Glue Data Catalog as a client sees it: the AWS JSON protocol, one HTTP request, one reply.

Left out: crawlers, jobs, schema registries, table versions, statistics and Lake Formation.

Source: https://docs.aws.amazon.com/glue/latest/webapi/API_Operations.html
"""

from collections.abc import Callable
from typing import Any

import msgspec

from harness.cloud.engines.glue import requests
from harness.cloud.engines.glue.actions import Actions
from harness.cloud.engines.glue.catalogue import Catalogue
from harness.cloud.engines.glue.errors import SERIALIZATION, UNKNOWN_OPERATION, GlueError
from harness.simulation.clock import Clock
from harness.simulation.randomness import Randomness, uuid_from
from harness.simulation.wire import Call, Reply

TARGET_PREFIX = "AWSGlue."
CONTENT_TYPE = "application/x-amz-json-1.1"


class GlueService:
    """The catalogue of one account in one Region, behind its API.

    Attributes:
        catalogue: what is in it.
    """

    def __init__(self, *, clock: Clock, randomness: Randomness, account_id: str) -> None:
        self._request_ids = randomness.stream("glue/request ids")
        self.catalogue = Catalogue(clock.unix_s)
        self._actions = _actions(Actions(self.catalogue, account_id))

    async def answer(self, call: Call) -> Reply:
        """Carries out one request and gives its reply; an error is a reply too."""
        headers = {"content-type": CONTENT_TYPE, "x-amzn-requestid": uuid_from(self._request_ids)}
        try:
            body = self._carry_out(call)
        except GlueError as error:
            headers["x-amzn-errortype"] = error.code
            return Reply(400, headers, msgspec.json.encode({"__type": error.code, "Message": error.message}))
        return Reply(200, headers, msgspec.json.encode(body))

    def _carry_out(self, call: Call) -> dict[str, Any]:
        operation = call.request.headers.get("x-amz-target", "").removeprefix(TARGET_PREFIX)
        if operation not in self._actions:
            raise GlueError(
                UNKNOWN_OPERATION,
                f"Glue has no action '{operation}' here. It has: {', '.join(sorted(self._actions))}.",
            )
        action, decoder = self._actions[operation]
        try:
            request = decoder.decode(call.request.body or b"{}")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise GlueError(SERIALIZATION, f"The body of {operation} cannot be read: {error}") from None
        return action(request)


def _actions(actions: Actions) -> dict[str, tuple[Callable[[Any], dict[str, Any]], msgspec.json.Decoder[Any]]]:
    """Every action of the API: what carries it out, and what its request looks like."""
    table: list[tuple[str, Callable[[Any], dict[str, Any]], type[requests.Request]]] = [
        ("CreateDatabase", actions.create_database, requests.CreateDatabase),
        ("GetDatabase", actions.get_database, requests.ByName),
        ("GetDatabases", actions.get_databases, requests.Page),
        ("UpdateDatabase", actions.update_database, requests.UpdateDatabase),
        ("DeleteDatabase", actions.delete_database, requests.ByName),
        ("CreateTable", actions.create_table, requests.ToTable),
        ("GetTable", actions.get_table, requests.TableByName),
        ("GetTables", actions.get_tables, requests.ListTables),
        ("UpdateTable", actions.update_table, requests.ToTable),
        ("DeleteTable", actions.delete_table, requests.TableByName),
        ("BatchDeleteTable", actions.delete_tables, requests.DeleteTables),
        ("CreatePartition", actions.create_partition, requests.CreatePartition),
        ("BatchCreatePartition", actions.create_partitions, requests.BatchCreatePartition),
        ("GetPartition", actions.get_partition, requests.OnePartition),
        ("GetPartitions", actions.get_partitions, requests.GetPartitions),
        ("BatchGetPartition", actions.get_these_partitions, requests.BatchGetPartition),
        ("UpdatePartition", actions.update_partition, requests.UpdatePartition),
        ("DeletePartition", actions.delete_partition, requests.OnePartition),
        ("BatchDeletePartition", actions.delete_partitions, requests.BatchDeletePartition),
    ]
    return {name: (action, msgspec.json.Decoder(shape)) for name, action, shape in table}
