"""The search index of the articles: an OpenSearch domain with one index for each kind.

It is made when somebody first looks at it, because most scenarios never do.
"""

import json
from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.search.service import SearchService
from harness.cloud.engines.search.view import IndexView
from harness.simulation.wire import Answer, Call, Reply

MAX_RESULT_WINDOW = 20

_KEYWORD: dict[str, Any] = {"type": "keyword"}
_TEXT: dict[str, Any] = {"type": "text"}
_VERSION: dict[str, Any] = {"type": "integer"}

FIELDS: dict[str, dict[str, dict[str, Any]]] = {
    "authors": {},
    "categories": {},
    "tags": {},
    "shows": {"category_id": _KEYWORD},
    "assets": {"author_id": _KEYWORD, "show_id": _KEYWORD},
    "articles": {
        "article_id": _KEYWORD,
        "version": _VERSION,
        "updated_at": {"type": "date"},
        "title": _TEXT,
        "body": _TEXT,
        "author_id": _KEYWORD,
        "category_ids": _KEYWORD,
        "tag_ids": _KEYWORD,
        "show_id": _KEYWORD,
        "asset_ids": _KEYWORD,
    },
}
"""The mapping of each index. All but `articles` have `id`, `version` and `name` as well."""


@dataclass(frozen=True)
class Page:
    """What a search returned of `articles`.

    Attributes:
        at_ms: when its answer left.
        request_id: the invocation that asked.
        ids: article ids, in their order; a scroll's and a point in time's too.
    """

    at_ms: int
    request_id: str
    ids: tuple[str, ...]


class ArticlesSearch(SearchService):
    """The domain, and which articles it gave to whom.

    Attributes:
        pages: every answer to a search in which there were articles.
    """

    def begin(self) -> None:
        """Nothing is there until somebody looks."""
        self.pages: list[Page] = []
        self._is_made = False

    def index(self, name: str) -> IndexView:
        """An index by its name, as tests fill and read it."""
        self._make()
        return super().index(name)

    async def answer(self, call: Call) -> Answer:
        """The answer to a call; if it is a page of articles, that is noted."""
        self._make()
        answer = await super().answer(call)
        if isinstance(answer, Reply) and answer.status == 200 and "/_search" in call.request.url:
            self._note(call, json.loads(answer.body))
        return answer

    def _note(self, call: Call, found: dict[str, Any]) -> None:
        hits = found.get("hits", {}).get("hits", [])
        ids = tuple(hit["_id"] for hit in hits if hit["_index"] == "articles")
        if ids:
            self.pages.append(Page(self._clock.now_ms, call.caller.request_id, ids))

    def _make(self) -> None:
        if self._is_made:
            return
        self._is_made = True
        settings = {"index": {"max_result_window": MAX_RESULT_WINDOW}}
        for name, own in FIELDS.items():
            common = {} if name == "articles" else {"id": _KEYWORD, "version": _VERSION, "name": _TEXT}
            self.create_index(name, {"settings": settings, "mappings": {"properties": {**common, **own}}})
