"""Amazon Neptune's openCypher endpoint, as a deployed function sees it: by HTTP and by boto3.

Source: https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-queries.html
"""

from typing import Any

import pytest

from harness.cloud.engines.graph.service import GraphService
from harness.faults.downstream import DownstreamHangs, LateCommit
from harness.faults.graph import GraphConflict, WriterBecameReader
from harness.faults.service import LostReply
from harness.tests.fidelity.asking import template_around
from harness.tests.fidelity.conftest import App, Deploy
from harness.world import OutsideServiceSpec

TEMPLATE = template_around("Graph")
SOURCE = '''\
"""Sends queries one after the other, as a form (urllib), or with boto3's neptunedata."""

import json
import os
import socket
import urllib.error
import urllib.parse
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

ENDPOINT = os.environ["GRAPH_ENDPOINT"]
neptune = boto3.client(
    "neptunedata", endpoint_url=ENDPOINT, config=Config(read_timeout=200, retries={"total_max_attempts": 1})
)


def handler(event, context):
    if event.get("bolt"):
        return bolt()
    return [(by_boto3 if event.get("boto3") else by_form)(*query) for query in event["queries"]]


def by_form(query, parameters=None, timeout_s=200):
    fields = {"query": query} | ({"parameters": json.dumps(parameters)} if parameters else {})
    data = urllib.parse.urlencode(fields).encode()
    try:
        with urllib.request.urlopen(f"{ENDPOINT}/openCypher", data, timeout=timeout_s) as reply:
            return [reply.status, json.loads(reply.read())]
    except urllib.error.HTTPError as error:
        return [error.code, json.loads(error.read())]
    except (urllib.error.URLError, OSError) as error:
        return [0, type(getattr(error, "reason", None) or error).__name__]


def by_boto3(query, parameters=None):
    given = {"parameters": json.dumps(parameters)} if parameters else {}
    try:
        return neptune.execute_open_cypher_query(openCypherQuery=query, **given)["results"]
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]


def bolt():
    try:
        socket.create_connection(("graph.internal", 8182), timeout=1)
    except OSError as error:
        return type(error).__name__
    return "connected"
'''


class Connections(GraphService):
    """A small network, seeded."""

    def begin(self) -> None:
        """Ann follows Bob."""
        ann, bob = self.add_node("User", id="ann"), self.add_node("User", id="bob")
        self.add_edge(ann, "FOLLOWS", bob)


class Graph:
    """The deployed app."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.world = app.world

    def ask(self, *queries: Any, boto3: bool = False) -> list[Any]:
        """The answer to each query, sent by one invocation; a query is a text, or a text and its parameters."""
        listed = [[query] if isinstance(query, str) else list(query) for query in queries]
        answers: list[Any] = self.app.run(self.world.invoke("Ask", {"queries": listed, "boto3": boto3}))
        return answers

    def latencies_ms(self, count: int) -> list[int]:
        """How long the latest requests took."""
        calls = self.world.calls(function="Ask", service="graph")[-count:]
        return [call.ended_ms - call.at_ms for call in calls if call.ended_ms is not None]

    @property
    def store(self) -> Any:
        """The graph, as tests see it."""
        return self.world.service("graph")


@pytest.fixture(scope="module")
def graph(deploy: Deploy) -> Graph:
    """One app for all tests; each has nodes of its own."""
    service = OutsideServiceSpec("graph", "GraphEndpoint", "https://graph.internal:8182", Connections)
    return Graph(deploy(TEMPLATE, {"src/app.py": SOURCE}, services=(service,)))


def test_a_form_is_answered_with_results(graph: Graph) -> None:
    query = "MATCH (:User {id: $me})-[:FOLLOWS]->(u) RETURN u.id AS id"
    assert graph.ask([query, {"me": "ann"}]) == [[200, {"results": [{"id": "bob"}]}]]


def test_boto3s_neptunedata_reaches_the_same_graph(graph: Graph) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/opencypher-parameterized-queries.html"""
    query = "MATCH (:User {id: $me})-[:FOLLOWS]->(u) RETURN u.id AS id"
    assert graph.ask([query, {"me": "ann"}], boto3=True) == [[{"id": "bob"}]]


def test_boto3_raises_neptunes_errors_by_name(graph: Graph) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/errors-engine-codes.html"""
    graph.world.inject(GraphConflict(service="graph", times=1))
    answers = graph.ask("MATCH (n", "CREATE (:X)", ["RETURN $a", {}], boto3=True)
    assert answers == [
        ["MalformedQueryException", 400],
        ["ConcurrentModificationException", 500],
        ["MissingParameterException", 400],
    ]


def test_whole_nodes_and_relationships_look_as_documented(graph: Graph) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-queries.html"""
    ((_, body),) = graph.ask("MATCH (a:User {id: 'ann'})-[r:FOLLOWS]->(b) RETURN a, r")
    ((row),) = body["results"]
    node, edge = row["a"], row["r"]
    assert (node["~entityType"], node["~labels"], node["~properties"]) == ("node", ["User"], {"id": "ann"})
    assert (edge["~entityType"], edge["~type"], edge["~start"]) == ("relationship", "FOLLOWS", node["~id"])


def test_a_projection_with_versions_is_idempotent_and_lets_the_older_write_lose(graph: Graph) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-overview-features.html"""
    write = (
        "MERGE (t:Tweet {id: $id}) ON CREATE SET t.version = $v, t.text = $text ON MATCH SET "
        "t.text = CASE WHEN t.version < $v THEN $text ELSE t.text END, "
        "t.version = CASE WHEN t.version < $v THEN $v ELSE t.version END"
    )
    versions = [{"id": "p", "v": version, "text": f"v{version}"} for version in (1, 3, 2, 3)]
    assert [status for status, _ in graph.ask(*([write, each] for each in versions))] == [200] * 4
    assert [node.properties for node in graph.store.nodes("Tweet", id="p")] == [{"id": "p", "version": 3, "text": "v3"}]


def test_one_request_is_one_transaction(graph: Graph) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/transactions-neptune.html"""
    rows = [{"id": "x1", "n": 1}, {"id": "x2", "n": 0}]
    ((status, body),) = graph.ask(["UNWIND $rows AS row CREATE (:Half {id: row.id, n: 1 / row.n})", {"rows": rows}])
    assert (status, body["code"]) == (400, "MalformedQueryException")
    assert graph.store.nodes("Half") == []


def test_reads_and_writes_take_their_latency(graph: Graph) -> None:
    graph.ask("MATCH (n) RETURN count(n)", "CREATE (:Timed)")
    read_ms, write_ms = graph.latencies_ms(2)
    assert 27 <= read_ms <= 33
    assert 18 <= write_ms <= 22


def test_a_lost_reply_leaves_the_write_done(graph: Graph) -> None:
    graph.world.inject(LostReply(service="graph", times=1))
    lost, again = graph.ask("CREATE (:Lost)", "MATCH (n:Lost) RETURN count(n) AS n")
    assert (lost[0], again) == (0, [200, {"results": [{"n": 1}]}])


def test_a_write_that_its_client_gave_up_on_may_be_done_later(graph: Graph) -> None:
    graph.world.inject(LateCommit(service="graph", hold_ms=20_000, times=1))
    assert graph.ask(["CREATE (:Late)", None, 5]) == [[0, "TimeoutError"]]
    assert graph.store.nodes("Late") == []
    graph.app.run(graph.world.run_for(s=16))
    assert len(graph.store.nodes("Late")) == 1


def test_a_hanging_graph_ends_with_the_clients_patience(graph: Graph) -> None:
    active = graph.world.inject(DownstreamHangs(service="graph"))
    assert graph.ask(["MATCH (n) RETURN n", None, 2]) == [[0, "TimeoutError"]]
    graph.world.lift(active)


def test_after_a_failover_writes_are_refused_and_reads_answered(graph: Graph) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/errors-engine-codes.html"""
    active = graph.world.inject(WriterBecameReader(service="graph"))
    (read, write) = graph.ask("MATCH (n:User) RETURN count(n) AS n", "CREATE (:Never)")
    assert read[0] == 200
    assert (write[0], write[1]["code"]) == (400, "ReadOnlyViolationException")
    graph.world.lift(active)


def test_a_query_that_does_too_much_is_given_up_at_the_time_limit(graph: Graph) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/parameters.html#parameters-instance-parameters-query-timeout"""
    graph.store.query("UNWIND range(1, 60) AS n CREATE (:Many {n: n})")
    (given_up, impatient) = graph.ask(
        "MATCH (a:Many), (b:Many), (c:Many), (d:Many), (e:Many) WHERE a.n > 60 RETURN a", ["RETURN 1"]
    )
    assert (given_up[0], given_up[1]["code"]) == (500, "TimeLimitExceededException")
    assert impatient[0] == 200
    assert 120_000 <= graph.latencies_ms(2)[0] <= 120_100


def test_bolt_is_refused(graph: Graph) -> None:
    answer = graph.app.run(graph.world.invoke("Ask", {"bolt": True}))
    assert answer != "connected"


def test_what_is_not_simulated_is_refused_and_noted(graph: Graph) -> None:
    ((status, body),) = graph.ask("MATCH p = (a)-->(b) RETURN p")
    assert (status, body["code"]) == (400, "MalformedQueryException")
    assert "A named path" in graph.store.unsupported


def test_a_store_can_be_searched_for_what_must_not_be_there_and_be_wiped(graph: Graph) -> None:
    graph.ask(["CREATE (:Marked {text: $text})", {"text": "MARKER-1 ünïcode"}])
    assert len([text for text in graph.store.texts() if "MARKER-1 ünïcode" in text]) == 1
    assert graph.store.wipe("Marked") == 1
    assert graph.ask("MATCH (n:Marked) RETURN count(n) AS n") == [[200, {"results": [{"n": 0}]}]]
