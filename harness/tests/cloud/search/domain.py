"""A search domain on a loop of its own, and requests to it."""

import asyncio
import json
from typing import Any

import msgspec

from harness.cloud.engines.search.service import SearchService
from harness.simulation.wire import Call, Reply
from harness.tests.cloud.http_service.bench import Bench

TWEETS: dict[str, Any] = {
    "settings": {
        "analysis": {
            "filter": {
                "sounds": {"type": "phonetic", "encoder": "double_metaphone"},
                "related": {"type": "synonym", "synonyms": ["football, soccer", "picture, photo, pic"]},
            },
            "analyzer": {
                "folded": {"tokenizer": "standard", "filter": ["lowercase", "asciifolding"]},
                "sounds": {"tokenizer": "standard", "filter": ["lowercase", "sounds"]},
                "related": {"tokenizer": "standard", "filter": ["lowercase", "asciifolding", "related"]},
            },
            "normalizer": {"lower": {"type": "custom", "filter": ["lowercase"]}},
        }
    },
    "mappings": {
        "dynamic": False,
        "properties": {
            "text": {
                "type": "text",
                "analyzer": "folded",
                "fields": {
                    "phonetic": {"type": "text", "analyzer": "sounds"},
                    "related": {"type": "text", "analyzer": "folded", "search_analyzer": "related"},
                },
            },
            "hashtags": {"type": "keyword", "normalizer": "lower"},
            "location": {"type": "geo_point"},
            "media_url": {"type": "keyword", "index": False, "doc_values": False},
            "suggest": {"type": "completion"},
            "committed_at": {"type": "date"},
            "views": {"type": "long"},
        },
    },
}
"""An index with every kind of field that a kata uses."""


class Said:
    """An answer, parsed."""

    def __init__(self, reply: Reply) -> None:
        self.status = reply.status
        self.headers = reply.headers
        self.text = reply.body.decode()

    @property
    def body(self) -> Any:
        """The JSON."""
        return json.loads(self.text)

    @property
    def error(self) -> tuple[int, str, str]:
        """Status, type and reason of an error."""
        return self.status, self.body["error"]["type"], self.body["error"]["reason"]

    @property
    def root(self) -> tuple[str, str]:
        """Type and reason of the root cause."""
        cause = self.body["error"]["root_cause"][0]
        return cause["type"], cause["reason"]

    @property
    def ids(self) -> list[str]:
        """The ids of the hits, in order."""
        return [hit["_id"] for hit in self.body["hits"]["hits"]]


class Domain(Bench[SearchService]):
    """A domain with an index "tweets", and the words to ask it."""

    def __init__(self, seed: int = 1) -> None:
        super().__init__(SearchService, name="search", url="https://search.internal", seed=seed)
        self.service.create_index("tweets", TWEETS)

    def call(self, method: str, path: str, body: object = None, *, function: str = "Feed") -> Call:
        """As in `Bench`, with the content type that OpenSearch insists on."""
        call = super().call(method, path, body, function=function)
        headers = {"content-type": "application/json"} if call.request.body else {}
        return msgspec.structs.replace(call, request=msgspec.structs.replace(call.request, headers=headers))

    def ask_for(self, method: str, path: str, body: object = None, *, after_s: float = 0) -> Said:
        """The answer to a request."""
        return Said(self.run(self.ask(method, path, body, after_ms=after_s * 1000)))

    def put(self, doc_id: str, source: dict[str, Any], parameters: str = "") -> Said:
        """Writes a document of "tweets"."""
        return self.ask_for("PUT", f"/tweets/_doc/{doc_id}{parameters}", source)

    def shown(self, documents: dict[str, dict[str, Any]]) -> None:
        """Documents that searches see."""
        for doc_id, source in documents.items():
            self.service.index("tweets").put(doc_id, source)

    def find(self, query: dict[str, Any], **more: Any) -> Said:
        """Searches "tweets"."""
        return self.ask_for("POST", "/tweets/_search", {"query": query, **more})

    def bulk(self, *lines: object, path: str = "/_bulk") -> Said:
        """A bulk request out of its lines."""
        text = "".join(json.dumps(line) + "\n" for line in lines)
        return self.ask_for("POST", path, text.encode())

    def just_refreshed(self) -> None:
        """Waits until "tweets" has been refreshed: the next refresh is a second away."""
        (index,) = self.service.index("tweets")._indexes()
        self.wait((index.schedule.wait_us() + 1_000) / 1_000_000)

    def wait(self, seconds: float) -> None:
        """Lets virtual time pass."""
        self.run(asyncio.sleep(seconds))
