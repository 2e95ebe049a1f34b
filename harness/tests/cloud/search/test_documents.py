"""Single documents: what each request answers.

Source: https://docs.opensearch.org/latest/api-reference/document-apis/index-document/
and the pages beside it.
"""

from harness.tests.cloud.search.domain import Domain


def test_a_new_document_is_created_and_says_where_it_is(domain: Domain) -> None:
    said = domain.put("1", {"text": "a"})

    assert said.status == 201
    assert said.headers["location"] == "/tweets/_doc/1"
    assert said.body == {
        "_index": "tweets",
        "_id": "1",
        "_version": 1,
        "result": "created",
        "_shards": {"total": 2, "successful": 1, "failed": 0},
        "_seq_no": 0,
        "_primary_term": 1,
    }


def test_a_second_write_updates_and_counts_on(domain: Domain) -> None:
    domain.put("1", {"text": "a"})
    said = domain.put("1", {"text": "b"})

    assert (said.status, said.body["result"], said.body["_version"], said.body["_seq_no"]) == (200, "updated", 2, 1)


def test_a_document_is_read_by_id_before_any_refresh(domain: Domain) -> None:
    domain.put("1", {"text": "a", "unknown": 1})
    said = domain.ask_for("GET", "/tweets/_doc/1")

    assert said.status == 200
    assert said.body == {
        "_index": "tweets",
        "_id": "1",
        "_version": 1,
        "_seq_no": 0,
        "_primary_term": 1,
        "found": True,
        "_source": {"text": "a", "unknown": 1},
    }


def test_a_read_that_is_not_realtime_waits_for_the_refresh(domain: Domain) -> None:
    domain.just_refreshed()
    domain.put("1", {"text": "a"})

    assert domain.ask_for("GET", "/tweets/_doc/1?realtime=false").status == 404
    assert domain.ask_for("GET", "/tweets/_doc/1?realtime=false", after_s=1).status == 200


def test_an_absent_document_is_not_found(domain: Domain) -> None:
    said = domain.ask_for("GET", "/tweets/_doc/9")
    assert (said.status, said.body) == (404, {"_index": "tweets", "_id": "9", "found": False})


def test_a_document_of_an_absent_index_is_an_error(domain: Domain) -> None:
    said = domain.ask_for("GET", "/nothing/_doc/9")

    assert said.error == (404, "index_not_found_exception", "no such index [nothing]")
    assert said.body["error"]["resource.id"] == "nothing"
    assert said.body["status"] == 404


def test_head_tells_whether_a_document_is_there(domain: Domain) -> None:
    domain.put("1", {})
    assert [domain.ask_for("HEAD", f"/tweets/_doc/{one}").status for one in ("1", "2")] == [200, 404]
    assert domain.ask_for("HEAD", "/tweets/_doc/1").text == ""


def test_a_deleted_document_is_gone_and_a_second_delete_is_a_404(domain: Domain) -> None:
    domain.put("1", {})
    first, second = (domain.ask_for("DELETE", "/tweets/_doc/1") for _ in range(2))

    assert (first.status, first.body["result"], first.body["_version"]) == (200, "deleted", 2)
    assert (second.status, second.body["result"], second.body["_version"]) == (404, "not_found", 3)


def test_create_refuses_an_id_that_is_taken(domain: Domain) -> None:
    domain.put("1", {})
    said = domain.ask_for("PUT", "/tweets/_create/1", {})

    assert said.error == (
        409,
        "version_conflict_engine_exception",
        "[1]: version conflict, document already exists (current version [1])",
    )
    assert (said.body["error"]["index"], said.body["error"]["shard"]) == ("tweets", "0")
    assert domain.put("1", {}, "?op_type=create").status == 409
    assert domain.ask_for("POST", "/tweets/_create/2", {}).status == 201


def test_a_post_without_an_id_gets_one(domain: Domain) -> None:
    one, other = (domain.ask_for("POST", "/tweets/_doc", {"text": "a"}).body["_id"] for _ in range(2))
    assert len(one) == 20
    assert one != other


def test_an_update_merges_a_part_into_the_document(domain: Domain) -> None:
    domain.put("1", {"a": {"b": 1, "c": [1, 2]}, "d": 1})
    said = domain.ask_for("POST", "/tweets/_update/1", {"doc": {"a": {"b": 2, "c": [3]}}})

    assert (said.status, said.body["result"], said.body["_version"]) == (200, "updated", 2)
    assert domain.service.index("tweets").document("1") == {"a": {"b": 2, "c": [3]}, "d": 1}


def test_an_update_that_changes_nothing_is_a_noop(domain: Domain) -> None:
    domain.put("1", {"a": 1})
    said = domain.ask_for("POST", "/tweets/_update/1", {"doc": {"a": 1}})

    assert (said.body["result"], said.body["_version"]) == ("noop", 1)
    assert said.body["_shards"] == {"total": 0, "successful": 0, "failed": 0}


def test_an_update_of_an_absent_document_fails_unless_it_may_insert(domain: Domain) -> None:
    said = domain.ask_for("POST", "/tweets/_update/1", {"doc": {"a": 1}})
    assert said.error == (404, "document_missing_exception", "[1]: document missing")

    assert domain.ask_for("POST", "/tweets/_update/1", {"doc": {"a": 1}, "doc_as_upsert": True}).status == 201
    assert domain.ask_for("POST", "/tweets/_update/2", {"doc": {"a": 1}, "upsert": {"b": 1}}).status == 201
    assert domain.service.index("tweets").documents() == {"1": {"a": 1}, "2": {"b": 1}}


def test_a_scripted_update_is_refused_and_noted(domain: Domain) -> None:
    said = domain.ask_for("POST", "/tweets/_update/1", {"script": "ctx.op = 'none'"})

    assert said.error[:2] == (400, "illegal_argument_exception")
    assert domain.service.unsupported == ["[script] of an update"]


def test_the_source_can_be_filtered(domain: Domain) -> None:
    domain.put("1", {"a": {"b": 1, "c": 2}, "d": 3})

    def source(parameters: str) -> object:
        return domain.ask_for("GET", f"/tweets/_doc/1?{parameters}").body.get("_source")

    assert source("_source=false") is None
    assert source("_source=a.b") == {"a": {"b": 1}}
    assert source("_source_includes=a&_source_excludes=*.c") == {"a": {"b": 1}}
    assert domain.ask_for("GET", "/tweets/_source/1").body == {"a": {"b": 1, "c": 2}, "d": 3}


def test_several_documents_are_read_at_once(domain: Domain) -> None:
    domain.put("1", {"a": 1})
    said = domain.ask_for("POST", "/tweets/_mget", {"ids": ["1", "2"]})
    assert [(one["_id"], one["found"]) for one in said.body["docs"]] == [("1", True), ("2", False)]

    docs = [{"_index": "tweets", "_id": "1", "_source": False}, {"_index": "none", "_id": "1"}]
    first, second = domain.ask_for("POST", "/_mget", {"docs": docs}).body["docs"]
    assert "_source" not in first
    assert second["error"]["type"] == "index_not_found_exception"


def test_a_write_to_an_absent_index_creates_it_with_a_mapping_of_its_own(domain: Domain) -> None:
    assert domain.ask_for("PUT", "/logs/_doc/1", {"word": "a"}).status == 201

    properties = domain.ask_for("GET", "/logs/_mapping").body["logs"]["mappings"]["properties"]
    assert properties["word"] == {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}


def test_a_document_must_be_a_json_object(domain: Domain) -> None:
    assert domain.ask_for("PUT", "/tweets/_doc/1", [1]).error == (400, "mapper_parsing_exception", "failed to parse")
    assert domain.ask_for("PUT", "/tweets/_doc/1", b"{").error[:2] == (400, "json_parse_exception")
    assert domain.ask_for("PUT", "/tweets/_doc/1").error == (400, "parse_exception", "request body is required")


def test_an_id_has_at_most_512_bytes(domain: Domain) -> None:
    assert domain.put("i" * 512, {}).status == 201
    assert "is too long, must be no longer than 512 bytes but was: 513" in domain.put("i" * 513, {}).error[2]
