"""The domain as an HTTP service: latency, load, faults, what it refuses, what tests see.

Source: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/handling-errors.html
"""

import json

import msgspec
import pytest

from harness.cloud.engines.http_service.capacity import Capacity
from harness.cloud.engines.http_service.records import ServiceRequestEnded
from harness.cloud.engines.search.records import SearchPartRefused
from harness.cloud.engines.search.service import MAX_REQUEST_BYTES
from harness.faults.downstream import DownstreamFails, DownstreamHangs, DownstreamRefuses, DownstreamSlow, LateCommit
from harness.faults.search import PartialSearch
from harness.simulation.wire import Loss, NoReply
from harness.tests.cloud.search.domain import Domain, Said


@pytest.mark.parametrize(
    ("method", "path", "body", "nominal_ms"),
    [
        ("GET", "/tweets/_search", None, 25),
        ("GET", "/tweets/_doc/1", None, 5),
        ("PUT", "/tweets/_doc/1", {}, 10),
        ("POST", "/tweets/_bulk", b'{"delete":{"_id":"1"}}\n', 30),
        ("GET", "/nonsense/of/mine", None, 5),
    ],
)
def test_a_request_takes_its_nominal_latency_give_or_take_a_tenth(
    domain: Domain, method: str, path: str, body: object, nominal_ms: float
) -> None:
    domain.ask_for(method, path, body)
    assert 0.9 * nominal_ms <= domain.clock.now_us / 1000 <= 1.1 * nominal_ms + 0.3


def test_a_search_says_how_long_it_took(domain: Domain) -> None:
    assert 22 <= domain.ask_for("GET", "/tweets/_search").body["took"] <= 28


def test_the_same_seed_gives_the_same_answers() -> None:
    def story() -> list[str]:
        domain = Domain(seed=7)
        texts = [domain.ask_for("POST", "/tweets/_doc", {"text": word}).text for word in ("a", "b a", "c")]
        texts.append(domain.find({"match": {"text": "a"}}, sort=["_score", "_doc"]).text)
        texts += [domain.ask_for("POST", "/tweets/_search?scroll=1m").text, domain.trace.digest()]
        domain.loop.close()
        return texts

    assert story() == story()


def test_a_path_or_method_that_is_not_there_is_told_and_noted(domain: Domain) -> None:
    nowhere = domain.ask_for("GET", "/_nodes")
    assert (nowhere.status, nowhere.body) == (400, {"error": "no handler found for uri [/_nodes] and method [GET]"})
    wrong = domain.ask_for("PATCH", "/tweets")
    assert wrong.status == 405
    assert wrong.body["error"].startswith("Incorrect HTTP method for uri [/tweets] and method [PATCH], allowed: ")

    assert domain.service.unsupported == ["GET /_nodes", "PATCH /tweets"]
    assert [(record.what, record.function) for record in domain.trace.of(SearchPartRefused)] == [
        ("GET /_nodes", "Feed"),
        ("PATCH /tweets", "Feed"),
    ]


@pytest.mark.parametrize("part", ["aggs", "highlight", "collapse", "script_fields", "rescore"])
def test_a_part_of_a_search_that_is_not_simulated_is_refused(domain: Domain, part: str) -> None:
    assert domain.ask_for("POST", "/tweets/_search", {part: {}}).error == (
        400,
        "parsing_exception",
        f"[{part}] in a search is not supported by this simulation of OpenSearch",
    )


def test_an_unknown_key_or_parameter_is_refused_as_opensearch_does(domain: Domain) -> None:
    said = domain.ask_for("POST", "/tweets/_search", {"sizes": 1})
    assert said.error == (400, "parsing_exception", "Unknown key for a VALUE_NUMBER in [sizes].")
    said = domain.ask_for("GET", "/tweets/_search?sizes=1")
    assert said.error[2] == "request [/tweets/_search] contains unrecognized parameter: [sizes]"
    assert domain.service.unsupported == []
    said = domain.ask_for("GET", "/tweets/_search?q=a")
    assert said.error[2] == "parameter [q] is not supported by this simulation of OpenSearch"
    said = domain.ask_for("POST", "/tweets/_count", {"size": 1})
    assert said.error[2] == "request does not support [size]"
    assert domain.ask_for("POST", "/tweets/_update_by_query", {}).status == 400


def test_a_body_must_say_that_it_is_json(domain: Domain) -> None:
    def status(kind: str) -> tuple[int, str]:
        call = domain.call("POST", "/tweets/_search", {})
        headers = {"content-type": kind} if kind else {}
        call = msgspec.structs.replace(call, request=msgspec.structs.replace(call.request, headers=headers))
        said = Said(domain.run(domain.service.answer(call)))  # type: ignore[arg-type]
        return said.status, said.body.get("error", "")

    assert status("application/json; charset=utf-8")[0] == 200
    assert status("application/x-ndjson")[0] == 200
    assert status("application/x-www-form-urlencoded") == (
        406,
        "Content-Type header [application/x-www-form-urlencoded] is not supported",
    )
    assert status("") == (406, "Content-Type header is missing")


def test_a_request_above_ten_mebibytes_is_refused(domain: Domain) -> None:
    said = domain.ask_for("POST", "/_bulk", b"x" * (MAX_REQUEST_BYTES + 1))
    assert (said.status, said.body) == (413, {"Message": "Request size exceeded 10485760 bytes"})


@pytest.mark.parametrize("text", [b"[" * 5_000, b'{"query":' * 3_000, b'{"query":' + b'{"bool":{"must":' * 200])
def test_bad_input_gets_an_answer(domain: Domain, text: bytes) -> None:
    assert domain.ask_for("POST", "/tweets/_search", text).status == 400


def test_a_query_nested_without_end_gets_an_answer(domain: Domain) -> None:
    text = b'{"query":' + b'{"bool":{"must":' * 400 + b'{"match_all":{}}' + b"}}" * 400 + b"}"
    assert domain.ask_for("POST", "/tweets/_search", text).status in (200, 400)
    deep = b'{"a":' * 300 + b"1" + b"}" * 300
    assert domain.ask_for("PUT", "/deep/_doc/1", deep).error[2] == "Limit of mapping depth [20] has been exceeded"


# ---- faults --------------------------------------------------------------------------------------


def test_a_rejection_is_a_429_in_opensearchs_words(domain: Domain) -> None:
    domain.faults.inject(DownstreamFails(service="search", ends=("429",), times=1))
    said = domain.ask_for("GET", "/tweets/_search")

    assert said.error[:2] == (429, "rejected_execution_exception")
    assert domain.ask_for("GET", "/tweets/_search").status == 200


def test_an_outage_is_the_proxys_page_and_nothing_is_done(domain: Domain) -> None:
    domain.faults.inject(DownstreamFails(service="search", ends=("503",)))
    said = domain.put("1", {})

    assert (said.status, said.headers["content-type"]) == (503, "text/html")
    assert "503 Service Unavailable" in said.text
    assert domain.service.index("tweets").count == 0
    assert [record.done for record in domain.trace.of(ServiceRequestEnded)] == [False]


def test_a_domain_that_hangs_or_breaks_gives_no_answer(domain: Domain) -> None:
    domain.faults.inject(DownstreamHangs(service="search", hold_ms=9_000, times=1))
    assert domain.run(domain.send("GET", "/tweets/_search")) == NoReply(Loss.RESET)
    assert domain.clock.now_ms == 9_000


def test_a_slow_domain_is_slow_and_right(domain: Domain) -> None:
    domain.faults.inject(DownstreamSlow(service="search", factor=10))
    assert domain.put("1", {}).status == 201
    assert 90 <= domain.clock.now_ms <= 110


def test_a_write_may_be_done_long_after_its_caller_gave_up(domain: Domain) -> None:
    domain.faults.inject(LateCommit(service="search", operation="PUT /tweets/_doc/1", hold_ms=20_000, times=1))
    late = domain.loop.create_task(domain.ask("PUT", "/tweets/_doc/1?version=1&version_type=external", {"text": "old"}))
    domain.wait(5)
    assert domain.service.index("tweets").count == 0
    domain.put("1", {"text": "new"}, "?version=2&version_type=external")

    assert domain.run(_result(late)).status == 409
    assert domain.clock.now_ms == 20_000
    assert domain.service.index("tweets").document("1") == {"text": "new"}


async def _result(task):
    return await task


def test_a_refusal_for_good_is_a_400(domain: Domain) -> None:
    domain.faults.inject(DownstreamRefuses(service="search", detail="no"))
    assert domain.put("1", {}).error == (400, "illegal_argument_exception", "no")


def test_a_full_queue_rejects(domain: Domain) -> None:
    domain.service.capacity = Capacity(limit=2)
    replies = domain.ask_together(*[domain.ask("GET", "/tweets/_search") for _ in range(3)])

    assert sorted(reply.status for reply in replies) == [200, 200, 429]
    rejected = next(reply for reply in replies if reply.status == 429)
    assert json.loads(rejected.body)["error"]["type"] == "rejected_execution_exception"


@pytest.mark.parametrize("timed_out", [True, False])
def test_an_answer_may_be_partial_and_says_so(domain: Domain, timed_out: bool) -> None:
    """Source: https://docs.opensearch.org/latest/api-reference/search-apis/search/#response-body"""
    domain.shown({str(number): {} for number in range(10)})
    domain.faults.inject(PartialSearch(service="search", timed_out=timed_out, times=1))
    said = domain.ask_for("GET", "/tweets/_search")

    assert (said.status, said.body["timed_out"]) == (200, timed_out)
    assert said.ids == ["1", "3", "5", "7", "9"]
    assert said.body["_shards"]["failed"] == (0 if timed_out else 1)
    assert len(domain.ask_for("GET", "/tweets/_search").ids) == 10


def test_a_caller_may_want_all_or_nothing(domain: Domain) -> None:
    """allow_partial_search_results=false"""
    domain.shown({"1": {}})
    domain.faults.inject(PartialSearch(service="search", times=1))
    path = "/tweets/_search?allow_partial_search_results=false"
    said = domain.ask_for("GET", path)

    assert said.error == (503, "search_phase_execution_exception", "Partial shards failure")
    assert domain.ask_for("GET", path).ids == ["1"]


def test_a_page_of_a_scroll_may_be_partial_too(domain: Domain) -> None:
    domain.shown({str(number): {} for number in range(4)})
    scroll_id = domain.ask_for("POST", "/tweets/_search?scroll=1m&size=2").body["_scroll_id"]
    domain.faults.inject(PartialSearch(service="search"))
    said = domain.ask_for("POST", "/_search/scroll", {"scroll_id": scroll_id})

    assert said.ids == ["3"]
    assert said.body["_shards"]["failed"] == 1


# ---- words for tests -----------------------------------------------------------------------------


def test_a_test_sees_what_is_stored_and_what_a_search_would_find(domain: Domain) -> None:
    index = domain.service.index("tweets")
    domain.just_refreshed()
    domain.put("1", {"text": "a", "secret": "marker"}, "?version=4&version_type=external")

    assert (index.exists, index.count, index.version("1"), index.version("2")) == (True, 1, 4, None)
    assert index.document("1") == {"text": "a", "secret": "marker"}
    assert index.ids() == []
    domain.wait(1)
    assert index.ids({"match": {"text": "a"}}) == ["1"]
    assert domain.service.texts() == ['{"text":"a","secret":"marker"}']


def test_what_is_deleted_is_still_there_until_searches_forget_it(domain: Domain) -> None:
    domain.shown({"1": {"text": "marker"}})
    domain.just_refreshed()
    domain.ask_for("DELETE", "/tweets/_doc/1")

    assert domain.service.texts() == ['{"text":"marker"}']
    domain.wait(1)
    assert domain.service.texts() == []


def test_an_index_can_be_wiped_and_keeps_its_mapping(domain: Domain) -> None:
    domain.shown({"1": {"text": "a"}})
    domain.service.index("tweets").wipe()

    assert domain.service.index("tweets").documents() == {}
    assert domain.find({"match_all": {}}).ids == []
    assert domain.put("1", {"location": "91,0"}).status == 400


def test_an_absent_index_holds_nothing(domain: Domain) -> None:
    index = domain.service.index("nothing")
    assert (index.exists, index.count, index.documents(), index.version("1")) == (False, 0, {}, None)


def test_a_search_without_new_writes_builds_nothing(domain: Domain) -> None:
    domain.shown({str(number): {"text": "a"} for number in range(50)})
    (index,) = domain.service.index("tweets")._indexes()
    first = index.peek()
    domain.find({"match": {"text": "a"}})
    domain.wait(10)
    assert index.peek() is first
