"""Which write wins: external versions, tombstones, sequence numbers.

Source: https://docs.opensearch.org/latest/api-reference/document-apis/index-document/ (version_type)
"""

import pytest

from harness.tests.cloud.search.domain import Domain

EXTERNAL = "?version={}&version_type=external"
GTE = "?version={}&version_type=external_gte"


def test_an_external_version_must_be_greater(domain: Domain) -> None:
    assert domain.put("1", {}, EXTERNAL.format(5)).body["_version"] == 5
    assert domain.put("1", {}, EXTERNAL.format(7)).body["_version"] == 7
    assert domain.put("1", {}, EXTERNAL.format(7)).error == (
        409,
        "version_conflict_engine_exception",
        "[1]: version conflict, current version [7] is higher or equal to the one provided [7]",
    )


def test_external_gte_takes_the_same_version_again(domain: Domain) -> None:
    domain.put("1", {}, GTE.format(5))

    assert domain.put("1", {}, GTE.format(5)).status == 200
    assert domain.put("1", {}, GTE.format(4)).error[2] == (
        "[1]: version conflict, current version [5] is higher than the one provided [4]"
    )


def test_a_deletes_version_is_remembered_for_a_minute(domain: Domain) -> None:
    domain.put("1", {}, EXTERNAL.format(1))
    assert domain.ask_for("DELETE", "/tweets/_doc/1" + EXTERNAL.format(2)).status == 200

    assert domain.put("1", {}, EXTERNAL.format(1)).status == 409
    domain.wait(59)
    assert domain.put("1", {}, EXTERNAL.format(2)).status == 409
    domain.wait(2)
    assert domain.put("1", {}, EXTERNAL.format(1)).status == 201


def test_a_delete_of_an_absent_document_counts_all_the_same(domain: Domain) -> None:
    said = domain.ask_for("DELETE", "/tweets/_doc/1" + EXTERNAL.format(3))

    assert (said.status, said.body["result"], said.body["_version"]) == (404, "not_found", 3)
    assert domain.put("1", {}, EXTERNAL.format(2)).status == 409


def test_gc_deletes_says_how_long(domain: Domain) -> None:
    domain.ask_for("PUT", "/short", {"settings": {"index.gc_deletes": "1s"}})
    domain.ask_for("DELETE", "/short/_doc/1" + EXTERNAL.format(2))

    assert domain.ask_for("PUT", "/short/_doc/1" + EXTERNAL.format(1), {}, after_s=0.5).status == 409
    assert domain.ask_for("PUT", "/short/_doc/1" + EXTERNAL.format(1), {}, after_s=1).status == 201


def test_a_dropped_index_forgets_every_version(domain: Domain) -> None:
    domain.put("1", {}, EXTERNAL.format(9))
    domain.service.index("tweets").wipe()

    assert domain.put("1", {}, EXTERNAL.format(1)).status == 201


def test_a_write_on_a_condition_needs_the_newest_sequence_number(domain: Domain) -> None:
    domain.put("1", {})
    assert domain.put("1", {}, "?if_seq_no=0&if_primary_term=1").status == 200
    assert domain.put("1", {}, "?if_seq_no=0&if_primary_term=1").error[2] == (
        "[1]: version conflict, required seqNo [0], primary term [1]. "
        "current document has seqNo [1] and primary term [1]"
    )
    assert domain.put("2", {}, "?if_seq_no=0&if_primary_term=1").error[2].endswith("but no document was found")


def test_a_document_is_parsed_before_its_version_is_compared(domain: Domain) -> None:
    domain.put("1", {}, EXTERNAL.format(5))
    assert domain.put("1", {"location": {"lat": 91, "lon": 0}}, EXTERNAL.format(4)).status == 400


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/tweets/_doc/1?version=1", "internal versioning can not be used for optimistic concurrency control"),
        ("/tweets/_doc/1?version_type=external", "illegal version value [-3] for version type [EXTERNAL]"),
        ("/tweets/_create/1?version=1&version_type=external", "create operations only support internal versioning"),
        ("/tweets/_doc/1?if_seq_no=1", "if_primary_term is not set"),
        ("/tweets/_doc/1?version=1&version_type=external&if_seq_no=1&if_primary_term=1", "compare and write"),
    ],
)
def test_conditions_that_contradict_themselves_are_refused(domain: Domain, path: str, reason: str) -> None:
    status, kind, words = domain.ask_for("PUT", path, {}).error

    assert (status, kind) == (400, "action_request_validation_exception")
    assert words.startswith("Validation Failed: 1: ")
    assert reason in words


def test_an_unknown_version_type_or_a_version_that_is_no_number_is_refused(domain: Domain) -> None:
    assert domain.put("1", {}, "?version_type=force").error[2] == "No version type match [force]"
    said = domain.put("1", {}, "?version=x&version_type=external")
    assert said.error[2] == "Failed to parse long parameter [version] with value [x]"


def test_an_update_knows_no_versions(domain: Domain) -> None:
    said = domain.ask_for("POST", "/tweets/_update/1?version=2&version_type=external", {"doc": {}})
    assert said.error[:2] == (400, "action_request_validation_exception")
