"""The database as an HTTP service: its forms of request, latency, faults, and what it says of itself.

Source: https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-queries.html
"""

import json
from urllib.parse import quote, urlencode

import pytest

from harness.cloud.engines.graph.records import GraphPartRefused
from harness.cloud.engines.graph.service import GraphService
from harness.cloud.engines.http_service.capacity import Capacity
from harness.faults.downstream import DownstreamFails, DownstreamHangs, LateCommit
from harness.faults.downstream_traffic import DownstreamUnreachable
from harness.faults.graph import GraphConflict, WriterBecameReader
from harness.simulation.wire import Loss, NoReply, Request
from harness.tests.cloud.graph.database import URL, Database, answered, form

CREATE = "CREATE (n:User {id: $id}) RETURN n.id AS id"
COUNT = "MATCH (n) RETURN count(n) AS n"


def test_a_query_comes_as_a_form_as_json_or_in_the_url(database: Database) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/opencypher-parameterized-queries.html"""
    as_text = json.dumps({"query": CREATE, "parameters": '{"id": "b"}'}).encode()
    as_object = json.dumps({"query": CREATE, "parameters": {"id": "c"}}).encode()
    json_type = {"content-type": "application/json"}

    assert database.post(CREATE, {"id": "a"}) == (200, {"results": [{"id": "a"}]})
    assert answered(database.send(Request("POST", f"{URL}/opencypher", json_type, as_text)))[1]["results"] == [
        {"id": "b"}
    ]
    assert answered(database.send(Request("POST", f"{URL}/openCypher", json_type, as_object)))[1]["results"] == [
        {"id": "c"}
    ]
    assert answered(database.send(Request("GET", f"{URL}/openCypher?query={quote(COUNT)}"))) == (
        200,
        {"results": [{"n": 3}]},
    )


@pytest.mark.parametrize(("query", "nominal_ms"), [(COUNT, 30), ("CREATE (n)", 20), ("SELECT 1", 5)])
def test_a_query_takes_its_nominal_latency_give_or_take_a_tenth(
    database: Database, query: str, nominal_ms: int
) -> None:
    database.post(query)
    assert 0.9 * nominal_ms <= database.simulation.now_ms <= 1.1 * nominal_ms


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (form(""), 400, "MissingParameterException"),
        (form("query=%20"), 400, "MissingParameterException"),
        (form(urlencode({"query": COUNT, "parameters": "[1]"})), 400, "InvalidParameterException"),
        (form(urlencode({"query": COUNT, "parameters": "{"})), 400, "BadRequestException"),
        (
            form(urlencode({"query": COUNT, "parameters": '{"a": 99999999999999999999}'})),
            400,
            "InvalidNumericDataException",
        ),
        (form("a=1&" * 500), 400, "BadRequestException"),
        (form(urlencode({"query": COUNT, "explain": "static"})), 400, "UnsupportedOperationException"),
        (Request("DELETE", f"{URL}/openCypher"), 405, "MethodNotAllowedException"),
        (Request("POST", f"{URL}/openCypher", {"content-type": "application/json"}, b"[]"), 400, "BadRequestException"),
        (Request("POST", f"{URL}/gremlin"), 400, "MalformedQueryException"),
        (Request("GET", f"{URL}/nowhere"), 400, "BadRequestException"),
        (form("query=%ff%fe"), 400, "MalformedQueryException"),
    ],
)
def test_a_bad_request_has_neptunes_error(database: Database, request_: Request, status: int, code: str) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/errors-engine-codes.html"""
    found, body = answered(database.send(request_))
    assert (found, body["code"], set(body)) == (status, code, {"requestId", "code", "detailedMessage"})


def test_what_is_not_simulated_is_noted_for_the_verdict(database: Database) -> None:
    for _ in range(2):
        status, body = database.post("MATCH p = (a)-->(b) RETURN p")
    assert (status, body["detailedMessage"]) == (400, "A named path is not simulated (see the kata's README)")
    assert database.graph.unsupported == ["A named path"]
    assert [record.what for record in database.simulation.records(GraphPartRefused)] == ["A named path"] * 2


def test_a_query_that_does_too_much_ends_at_the_time_limit(database: Database) -> None:
    database.rows("UNWIND range(1, 100) AS n CREATE (:N {n: n})")
    status, body = database.post("MATCH (a), (b), (c), (d) WHERE a.n > 1000 RETURN a")
    assert (status, body["code"]) == (500, "TimeLimitExceededException")
    assert database.simulation.now_ms >= 120_000


def test_a_conflict_is_a_500_that_did_nothing_and_strikes_writes_only(database: Database) -> None:
    database.simulation.faults.inject(GraphConflict(service="graph", times=1))
    assert database.post(COUNT)[0] == 200
    status, body = database.post(CREATE, {"id": "a"})
    assert (status, body["code"], database.graph.nodes()) == (500, "ConcurrentModificationException", [])
    assert database.post(CREATE, {"id": "a"})[0] == 200


def test_a_reader_answers_and_refuses_writes(database: Database) -> None:
    database.simulation.faults.inject(WriterBecameReader(service="graph", times=1))
    assert database.post(COUNT)[0] == 200
    status, body = database.post(CREATE, {"id": "a"})
    assert (status, body["code"]) == (400, "ReadOnlyViolationException")

    class Reader(GraphService):
        is_reader = True

    reader = Database(kind=Reader)
    assert reader.post("CREATE (n)")[1]["code"] == "ReadOnlyViolationException"
    assert answered(reader.send(Request("GET", f"{URL}/status")))[1]["role"] == "reader"


def test_an_outage_is_told_in_neptunes_words(database: Database) -> None:
    active = database.simulation.faults.inject(DownstreamFails(service="graph", ends=("429",), times=1))
    assert database.post(COUNT)[1]["code"] == "TooManyRequestsException"
    database.simulation.faults.lift(active)
    database.simulation.faults.inject(DownstreamFails(service="graph", ends=("500",), times=1))
    assert database.post(COUNT)[1]["code"] == "InternalFailureException"
    database.simulation.faults.inject(DownstreamUnreachable(service="graph", times=1))
    assert database.send(form("query=x")) == NoReply(Loss.REFUSED)


def test_above_its_capacity_it_throttles(database: Database) -> None:
    database.graph.capacity = Capacity(limit=1)
    first, second = database.at_once(form(urlencode({"query": COUNT})), form(urlencode({"query": COUNT})))
    assert answered(first)[0] == 200
    assert (answered(second)[0], answered(second)[1]["code"]) == (500, "ThrottlingException")


def test_a_hanging_graph_has_done_nothing_and_a_late_one_does_it_later(database: Database) -> None:
    active = database.simulation.faults.inject(DownstreamHangs(service="graph", hold_ms=30_000))
    assert database.send(form(urlencode({"query": "CREATE (:A)"}))) == NoReply(Loss.RESET)
    database.simulation.faults.lift(active)
    assert database.graph.nodes() == []

    database.simulation.faults.inject(LateCommit(service="graph", hold_ms=20_000, times=1))
    impatient = Request("POST", f"{URL}/openCypher", {}, b"query=CREATE (:B)", read_timeout_s=5)
    assert database.send(impatient) == NoReply(Loss.READ_TIMEOUT)
    assert database.graph.nodes() == []
    database.simulation.advance(16)
    assert [node.labels for node in database.graph.nodes()] == [("B",)]


def test_it_says_how_it_is(database: Database) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-status.html"""
    status, body = answered(database.send(Request("GET", f"{URL}/status")))
    assert (status, body["status"], body["role"]) == (200, "healthy", "writer")
    assert answered(database.send(Request("GET", f"{URL}/openCypher/status")))[1]["queries"] == []


def test_tests_see_the_graph_and_can_wipe_a_label(network: Database) -> None:
    graph = network.graph
    (ann,) = graph.nodes("User", id="ann")
    dan = graph.add_node("User", id="dan", text="find me")
    graph.add_edge(dan, "FOLLOWS", ann.id, since=9)

    assert [edge.end.properties["id"] for edge in graph.edges("FOLLOWS") if edge.start.id == dan] == ["ann"]
    assert [text for text in graph.texts() if "find me" in text] == [
        f'{{"~id": "{dan}", "id": "dan", "text": "find me"}}'
    ]
    assert graph.wipe("Tweet") == 3
    assert (graph.nodes("Tweet"), graph.edges("POSTED"), len(graph.nodes("User"))) == ([], [], 4)
    assert graph.wipe() == 4


def test_the_same_seed_gives_the_same_answers() -> None:
    def story() -> list[object]:
        database = Database(seed=7)
        answers: list[object] = [database.post(f"CREATE (n:N {{n: {number}}}) RETURN n") for number in range(3)]
        return [*answers, database.post("MATCH (n) RETURN n"), database.post("X"), database.simulation.trace.digest()]

    assert story() == story()
