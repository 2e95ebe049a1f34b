"""Amazon OpenSearch Service, as a deployed function sees it through plain HTTP.

Source: https://docs.opensearch.org/latest/api-reference/ and
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/request-signing.html
"""

from typing import Any, ClassVar

import pytest

pytest.importorskip("tantivy")
pytest.importorskip("metaphone")

from harness.cloud.engines.search.service import SearchService
from harness.cloud.permissions.records import AccessDenied
from harness.faults.downstream import DownstreamFails, DownstreamHangs, LateCommit
from harness.faults.search import PartialSearch
from harness.faults.service import BatchPartialFailure, LostReply
from harness.tests.cloud.search.domain import TWEETS
from harness.tests.fidelity.asking import template_around
from harness.tests.fidelity.conftest import App, Deploy
from harness.world import OutsideServiceSpec

TEMPLATE = template_around("Search")
SOURCE = '''\
"""Carries out requests one after the other: [method, path, body, how], with urllib."""

import json
import os
import time
import urllib.error
import urllib.request

import boto3
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

ENDPOINT = os.environ["SEARCH_ENDPOINT"]
credentials = boto3.Session().get_credentials()
pool = urllib3.PoolManager()


def handler(event, context):
    return [ask(*each) for each in event]


def ask(method, path, body=None, how=None):
    how = how or {}
    if "wait_s" in how:
        time.sleep(how["wait_s"])
    data = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": how.get("content_type", "application/json")} if data else {}
    if how.get("content_type") == "none given":
        headers = {}
    if how.get("signed"):
        signed = AWSRequest(method, ENDPOINT + path, headers=headers, data=data)
        SigV4Auth(credentials, how.get("scope", "es"), "eu-west-1").add_auth(signed)
        headers = dict(signed.headers)
    if how.get("client") == "urllib3":
        reply = pool.request(method, ENDPOINT + path, body=data, headers=headers, retries=False)
        return [reply.status, parsed(reply.data)]
    request = urllib.request.Request(ENDPOINT + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=how.get("timeout_s", 30)) as reply:
            return [reply.status, parsed(reply.read())]
    except urllib.error.HTTPError as error:
        return [error.code, parsed(error.read())]
    except (urllib.error.URLError, OSError) as error:
        return [0, type(getattr(error, "reason", None) or error).__name__]


def parsed(content):
    try:
        return json.loads(content)
    except ValueError:
        return content.decode()
'''


class Tweets(SearchService):
    """A domain with an index, as a kata brings one along."""

    def begin(self) -> None:
        """Creates the index."""
        self.create_index("tweets", TWEETS)


class Search:
    """The deployed app."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.world = app.world

    def ask(self, *requests: list[Any]) -> list[Any]:
        """[status, body] of each request, sent by one invocation."""
        answers: list[Any] = self.app.run(self.world.invoke("Ask", list(requests)))  # type: ignore[arg-type]
        return answers

    def find(self, query: dict[str, Any]) -> list[str]:
        """The ids that a search finds once the index has been refreshed."""
        ((status, body),) = self.ask(["POST", "/tweets/_search", {"query": query}, {"wait_s": 1}])
        assert status == 200, body
        return [hit["_id"] for hit in body["hits"]["hits"]]

    @property
    def index(self) -> Any:
        """The index, as tests see it."""
        return self.world.service("search").index("tweets")


@pytest.fixture(scope="module")
def search(deploy: Deploy) -> Search:
    """One app for all tests; each has documents of its own."""
    service = OutsideServiceSpec("search", "SearchEndpoint", "https://search.internal", Tweets)
    return Search(deploy(TEMPLATE, {"src/app.py": SOURCE}, services=(service,)))


@pytest.mark.parametrize("how", [{}, {"signed": True}, {"client": "urllib3"}])
def test_a_document_is_written_read_by_id_and_found(search: Search, how: dict[str, Any]) -> None:
    doc_id, word = f"w-{len(how)}-{len(str(how))}", f"word{len(str(how))}"
    created, read = search.ask(
        ["PUT", f"/tweets/_doc/{doc_id}", {"text": f"a {word}"}, how], ["GET", f"/tweets/_doc/{doc_id}", None, how]
    )

    assert (created[0], created[1]["result"]) == (201, "created")
    assert (read[0], read[1]["_source"]) == (200, {"text": f"a {word}"})
    assert search.find({"match": {"text": word}}) == [doc_id]


def test_urllib_says_form_unless_told_and_opensearch_refuses_it(search: Search) -> None:
    """RestController: a body needs a Content-Type header that it supports."""
    ((status, body),) = search.ask(["PUT", "/tweets/_doc/form", {"text": "a"}, {"content_type": "none given"}])
    assert (status, body["error"]) == (406, "Content-Type header [application/x-www-form-urlencoded] is not supported")


def test_an_older_external_version_is_a_conflict(search: Search) -> None:
    """https://docs.opensearch.org/latest/api-reference/document-apis/index-document/"""
    path = "/tweets/_doc/v?version={}&version_type=external"
    new, old = search.ask(["PUT", path.format(2), {"text": "new"}], ["PUT", path.format(1), {"text": "old"}])

    assert new[0] == 201
    assert (old[0], old[1]["error"]["type"]) == (409, "version_conflict_engine_exception")


def test_a_deletes_version_is_forgotten_after_a_minute(search: Search) -> None:
    """index.gc_deletes, https://docs.opensearch.org/latest/install-and-configure/configuring-opensearch/index-settings/"""
    path = "/tweets/_doc/gone?version={}&version_type=external"
    statuses = search.ask(
        ["PUT", path.format(1), {}],
        ["DELETE", path.format(2)],
        ["PUT", path.format(1), {}, {"wait_s": 20}],
        ["PUT", path.format(1), {}, {"wait_s": 35}],
    )
    assert [status for status, _ in statuses] == [201, 200, 409, 409]
    ((status, _),) = search.ask(["PUT", path.format(1), {}, {"wait_s": 10}])
    assert status == 201


def test_a_bulk_answers_200_though_an_item_was_rejected(search: Search) -> None:
    """https://docs.opensearch.org/latest/api-reference/document-apis/bulk/#response"""
    search.world.inject(BatchPartialFailure(service="search", operation="POST /_bulk", every=2, times=1))
    lines = "".join(f'{{"index":{{"_index":"tweets","_id":"b-{one}"}}}}\n{{"text":"x"}}\n' for one in range(1, 4))
    ((status, body),) = search.ask(["POST", "/_bulk", lines])

    assert (status, body["errors"]) == (200, True)
    assert [item["index"]["status"] for item in body["items"]] == [201, 429, 201]
    assert search.index.document("b-2") is None


def test_a_bad_place_is_refused_for_good(search: Search) -> None:
    """https://docs.opensearch.org/latest/field-types/supported-field-types/geo-point/"""
    ((status, body),) = search.ask(["PUT", "/tweets/_doc/bad", {"text": "x", "location": {"lat": 91, "lon": 0}}])
    assert (status, body["error"]["type"]) == (400, "mapper_parsing_exception")
    assert body["error"]["caused_by"]["reason"] == "illegal latitude value [91.0] for location"


def test_search_forgives_typos_sounds_and_related_words(search: Search) -> None:
    """https://docs.opensearch.org/latest/query-dsl/full-text/match/ and .../analyzers/token-filters/phonetic/"""
    search.ask(["PUT", "/tweets/_doc/john", {"text": "John Smith plays football on serverless"}])

    assert search.find({"match": {"text": {"query": "serverles", "fuzziness": "AUTO"}}}) == ["john"]
    assert search.find({"match": {"text.phonetic": {"query": "Jon Smyth", "operator": "and"}}}) == ["john"]
    assert search.find({"match": {"text.related": "soccer"}}) == ["john"]
    assert search.find({"match": {"text": {"query": "zebra", "fuzziness": "AUTO"}}}) == []


def test_refresh_wait_for_answers_when_a_search_finds_it(search: Search) -> None:
    """https://docs.opensearch.org/latest/api-reference/document-apis/index-document/ (refresh)"""
    query = {"query": {"match": {"text": "patience"}}}
    _, found = search.ask(
        ["PUT", "/tweets/_doc/wait?refresh=wait_for", {"text": "patience"}], ["POST", "/tweets/_search", query]
    )
    assert found[1]["hits"]["total"]["value"] == 1


def test_a_lost_reply_leaves_the_write_done(search: Search) -> None:
    search.world.inject(LostReply(service="search", operation="PUT /tweets/_doc/lost", times=1))
    path = "/tweets/_doc/lost?version=1&version_type=external"
    lost, again = search.ask(["PUT", path, {"text": "x"}], ["PUT", path, {"text": "x"}])

    assert lost[0] == 0
    assert again[0] == 409
    assert search.index.version("lost") == 1


def test_a_write_that_its_client_gave_up_on_may_be_done_later(search: Search) -> None:
    search.world.inject(LateCommit(service="search", operation="PUT /tweets/_doc/late", hold_ms=20_000, times=1))
    ((status, reason),) = search.ask(["PUT", "/tweets/_doc/late", {"text": "x"}, {"timeout_s": 5}])
    assert (status, reason) == (0, "TimeoutError")
    assert search.index.document("late") is None

    search.app.run(search.world.run_for(s=16))
    assert search.index.document("late") == {"text": "x"}


def test_an_outage_looks_as_it_does_from_outside(search: Search) -> None:
    """https://docs.aws.amazon.com/opensearch-service/latest/developerguide/handling-errors.html"""
    down = search.world.inject(DownstreamFails(service="search", ends=("503",)))
    ((status, body),) = search.ask(["GET", "/tweets/_search"])
    assert (status, "503 Service Unavailable" in body) == (503, True)
    search.world.lift(down)

    hanging = search.world.inject(DownstreamHangs(service="search"))
    assert search.ask(["GET", "/tweets/_search", None, {"timeout_s": 2}]) == [[0, "TimeoutError"]]
    search.world.lift(hanging)


def test_a_partial_answer_is_a_200(search: Search) -> None:
    """https://docs.opensearch.org/latest/api-reference/search-apis/search/#response-body"""
    search.world.inject(PartialSearch(service="search", timed_out=True, times=1))
    ((status, body),) = search.ask(["GET", "/tweets/_search"])
    assert (status, body["timed_out"]) == (200, True)


def test_a_new_index_takes_the_place_of_the_old_at_one_instant(search: Search) -> None:
    """https://docs.opensearch.org/latest/api-reference/alias/aliases-api/"""
    swap = {
        "actions": [
            {"remove": {"index": "rooms-1", "alias": "rooms"}},
            {"add": {"index": "rooms-2", "alias": "rooms"}},
        ]
    }
    answers = search.ask(
        ["PUT", "/rooms-1", {"aliases": {"rooms": {}}}],
        ["PUT", "/rooms-2", {}],
        ["PUT", "/rooms-2/_doc/1", {"n": 1}],
        ["GET", "/rooms/_doc/1"],
        ["POST", "/_aliases", swap],
        ["GET", "/rooms/_doc/1"],
    )
    assert [status for status, _ in answers] == [200, 200, 201, 404, 200, 200]


def test_what_is_not_simulated_is_refused_and_noted(search: Search) -> None:
    ((status, body),) = search.ask(["POST", "/tweets/_search", {"aggs": {"a": {"terms": {"field": "hashtags"}}}}])
    assert (status, body["error"]["type"]) == (400, "parsing_exception")
    assert "[aggs] in a search" in search.world.service("search").unsupported


def test_requests_are_calls_of_the_function(search: Search) -> None:
    search.ask(["GET", "/tweets/_count"])
    call = search.world.calls(function="Ask", service="search")[-1]
    assert (call.operation, call.status) == ("GET /tweets/_count", 200)
    assert search.world.service("search").log[-1].function == "Ask"


# ---- who may reach a domain ------------------------------------------------------------------------------

ROLES = """
  Writer:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
      CodeUri: src/
      Environment: {Variables: {SEARCH_ENDPOINT: !Ref SearchEndpoint}}
      Policies:
        - ElasticsearchHttpPostPolicy: {DomainName: search}
        - Statement:
            - {Effect: Deny, Action: "es:ESHttpDelete", Resource: "*"}
"""
SIGNED = {"signed": True}


class Guarded(SearchService):
    """A domain whose access policy leaves the question to the roles of its account, and shows one index to all."""

    access_policy: ClassVar[Any] = {
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "es:*", "Resource": "*"},
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["es:ESHttpGet", "es:ESHttpDelete"],
             "Resource": "arn:aws:es:eu-west-1:123456789012:domain/search/public/*"},
        ]
    }  # fmt: skip


@pytest.fixture(scope="module")
def guarded(deploy: Deploy) -> App:
    service = OutsideServiceSpec("search", "SearchEndpoint", "https://search.internal", Guarded)
    return deploy(TEMPLATE + ROLES, {"src/app.py": SOURCE}, services=(service,), enforce_permissions=True)


def asked(app: App, function: str, method: str, path: str, how: dict[str, Any]) -> tuple[int, str]:
    """Status, and the message if there is one."""
    body = {"text": "a"} if method in ("PUT", "POST") else None
    requests: Any = [[method, path, body, how]]
    ((status, answer),) = app.run(app.world.invoke(function, requests))
    return status, str(answer.get("Message", answer.get("message", "")))


def test_an_unsigned_request_is_anonymous_and_needs_a_policy_for_everybody(guarded: App) -> None:
    """Source: https://repost.aws/knowledge-center/anonymous-not-authorized-opensearch"""
    anonymous = "User: anonymous is not authorized to perform: es:ESHttpPut because no resource-based policy allows"

    status, message = asked(guarded, "Writer", "PUT", "/tweets/_doc/1", {})

    assert (status, message) == (403, f"{anonymous} the es:ESHttpPut action")
    assert guarded.world.trace.of(AccessDenied)[-1].remedy.startswith("The domain admits nobody anonymous. Sign")
    assert asked(guarded, "Ask", "GET", "/public/_doc/1", {})[0] == 404
    assert guarded.world.service("search").index("tweets").exists is False


def test_a_signed_request_may_do_what_its_role_allows_on_the_domain(guarded: App) -> None:
    """Source: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html#ac-types-identity"""
    assert asked(guarded, "Writer", "PUT", "/tweets/_doc/1", SIGNED) == (201, "")
    status, message = asked(guarded, "Ask", "PUT", "/tweets/_doc/1", SIGNED)

    assert status == 403
    assert message.endswith("is not authorized to perform: es:ESHttpPut because no identity-based policy allows the "
                            "es:ESHttpPut action")  # fmt: skip
    assert guarded.world.trace.of(AccessDenied)[-1].remedy == (
        "Add to Policies of Ask: - ElasticsearchHttpPostPolicy: {DomainName: search}"
    )


def test_a_deny_of_the_role_counts_only_for_requests_that_say_whose_they_are(guarded: App) -> None:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"""
    signed = asked(guarded, "Writer", "DELETE", "/public/_doc/1", SIGNED)
    unsigned = asked(guarded, "Writer", "DELETE", "/public/_doc/1", {})

    assert (signed[0], unsigned[0]) == (403, 404)
    assert signed[1].endswith("es:ESHttpDelete with an explicit deny in an identity-based policy")


def test_a_signature_for_another_service_is_refused(guarded: App) -> None:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html"""
    status, message = asked(guarded, "Writer", "PUT", "/tweets/_doc/1", SIGNED | {"scope": "opensearch"})
    assert (status, message) == (403, "Credential should be scoped to correct service: 'es'. ")
