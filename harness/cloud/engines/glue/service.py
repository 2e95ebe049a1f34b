"""The AWS Glue Data Catalog as a client sees it: the AWS JSON protocol, one HTTP request, one reply.

Left out: crawlers, jobs, schema registries, table versions, statistics and Lake Formation.

Source: https://docs.aws.amazon.com/glue/latest/webapi/API_Operations.html
"""

from collections.abc import Callable
from typing import Any

from harness.cloud.engines.aws_json import Action, AwsJsonProtocol, of_request
from harness.cloud.engines.glue import requests
from harness.cloud.engines.glue.actions import Actions
from harness.cloud.engines.glue.catalogue import Catalogue
from harness.cloud.engines.glue.errors import GlueError
from harness.simulation.clock import Clock
from harness.simulation.randomness import Randomness
from harness.simulation.wire import Call, Reply

TARGET_PREFIX = "AWSGlue."


class GlueService:
    """The catalogue of one account in one Region, behind its API.

    Attributes:
        catalogue: what is in it.
    """

    def __init__(self, *, clock: Clock, randomness: Randomness, account_id: str) -> None:
        self.catalogue = Catalogue(clock.unix_s)
        self._protocol = AwsJsonProtocol(
            "Glue",
            TARGET_PREFIX,
            _actions(Actions(self.catalogue, account_id)),
            GlueError,
            randomness.stream("glue/request ids"),
            message_member="Message",
        )

    async def answer(self, call: Call) -> Reply:
        """Carries out one request and gives its reply; an error is a reply too."""
        return self._protocol.answer(call)


def _actions(actions: Actions) -> list[tuple[str, Action, type[requests.Request]]]:
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
    return [(name, of_request(action), shape) for name, action, shape in table]
