"""The bulk API: one status an item, and requests that cannot be read at all.

Source: https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
"""

import pytest

from harness.faults.service import BatchPartialFailure
from harness.tests.cloud.search.domain import Domain


def test_items_are_done_in_order_and_each_has_its_status(domain: Domain) -> None:
    said = domain.bulk(
        {"index": {"_index": "tweets", "_id": "1"}},
        {"text": "a"},
        {"create": {"_index": "tweets", "_id": "1"}},
        {"text": "b"},
        {"update": {"_index": "tweets", "_id": "1"}},
        {"doc": {"text": "c"}},
        {"delete": {"_index": "tweets", "_id": "1"}},
        {"delete": {"_index": "tweets", "_id": "2"}},
    )

    assert said.status == 200
    assert said.body["errors"] is True
    statuses = [(action, one["status"]) for item in said.body["items"] for action, one in item.items()]
    assert statuses == [("index", 201), ("create", 409), ("update", 200), ("delete", 200), ("delete", 404)]
    assert said.body["items"][1]["create"]["error"]["type"] == "version_conflict_engine_exception"
    assert said.body["items"][2]["update"]["_version"] == 2


def test_an_item_that_fails_stops_no_other(domain: Domain) -> None:
    said = domain.bulk(
        {"index": {"_id": "1"}}, {"location": "91,0"}, {"index": {"_id": "2"}}, {"text": "a"}, path="/tweets/_bulk"
    )

    bad, good = (item["index"] for item in said.body["items"])
    assert (bad["status"], good["status"]) == (400, 201)
    assert bad["error"] == {
        "type": "mapper_parsing_exception",
        "reason": "failed to parse field [location] of type [geo_point]",
        "caused_by": {"type": "illegal_argument_exception", "reason": "illegal latitude value [91.0] for location"},
    }


def test_a_delete_of_an_absent_document_is_no_error(domain: Domain) -> None:
    assert domain.bulk({"delete": {"_index": "tweets", "_id": "9"}}).body["errors"] is False


def test_external_versions_work_in_a_bulk(domain: Domain) -> None:
    def write(version: int) -> int:
        versioned = {"version": version, "version_type": "external"}
        said = domain.bulk({"index": {"_index": "tweets", "_id": "1", **versioned}}, {})
        return int(said.body["items"][0]["index"]["status"])

    assert [write(3), write(2), write(4)] == [201, 409, 200]


def test_a_bulk_takes_longer_the_more_items_it_has(domain: Domain) -> None:
    began = domain.clock.now_ms
    domain.bulk(*[line for one in range(500) for line in ({"index": {"_id": str(one)}}, {})], path="/tweets/_bulk")
    assert 117 <= domain.clock.now_ms - began <= 144  # 30 ms and 0.2 ms an item, give or take a tenth


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"index":{"_id":"1"}}\n{}', "The bulk request must be terminated by a newline [\\n]"),
        (b'{"write":{}}\n{}\n', "Malformed action/metadata line [1], expected field [create], [delete], [index] or"),
        (b'["index"]\n{}\n', "Malformed action/metadata line [1], expected START_OBJECT but found"),
        (b'{"index":{"_type":"x"}}\n{}\n', "Action/metadata line [1] contains an unknown parameter [_type]"),
        (b'{"update":{"_id":"1","version":2}}\n{"doc":{}}\n', "Update requests do not support versioning."),
        (b'{"delete":{"_id":["1"]}}\n', "expected a simple value for field [_id] but found [START_ARRAY]"),
        (b"nonsense\n{}\n", "Malformed action/metadata line [1]"),
    ],
)
def test_a_request_that_cannot_be_read_does_nothing(domain: Domain, text: bytes, reason: str) -> None:
    good = b'{"index":{"_id":"0"}}\n{}\n' if reason.startswith("The bulk") else b""
    said = domain.ask_for("POST", "/tweets/_bulk", good + text)

    assert said.error[:2] == (400, "illegal_argument_exception")
    assert reason in said.error[2]
    assert domain.service.index("tweets").count == 0


def test_an_empty_request_is_refused(domain: Domain) -> None:
    assert domain.ask_for("POST", "/_bulk").error == (400, "parse_exception", "request body is required")
    said = domain.ask_for("POST", "/_bulk", b"\n")
    assert said.error == (400, "action_request_validation_exception", "Validation Failed: 1: no requests added;")


def test_an_item_needs_an_index(domain: Domain) -> None:
    said = domain.bulk({"index": {"_id": "1"}}, {})
    assert said.error[2] == "Validation Failed: 1: index is missing;"


def test_items_may_be_rejected_in_a_good_answer(domain: Domain) -> None:
    domain.faults.inject(BatchPartialFailure(service="search", every=2, times=1))
    lines = [line for one in range(1, 6) for line in ({"index": {"_index": "tweets", "_id": str(one)}}, {})]
    said = domain.bulk(*lines)

    assert (said.status, said.body["errors"]) == (200, True)
    assert [item["index"]["status"] for item in said.body["items"]] == [201, 429, 201, 429, 201]
    assert said.body["items"][1]["index"]["error"]["type"] == "rejected_execution_exception"
    assert list(domain.service.index("tweets").documents()) == ["1", "3", "5"]
