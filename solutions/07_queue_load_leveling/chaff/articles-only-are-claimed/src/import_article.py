"""Consumer of BulkQueue: carries an article of the index into the CMS, after what it refers to.

The article has the same lease as in `feed`: the newsroom may send it while it is being migrated.
"""

import json
import logging
import time
from typing import Any

from article_index import MANY, ONE, Document, Key, with_relations
from cms import put_row
from lease import Busy, held

_BUSY_FOR_S = 5
_logger = logging.getLogger(__name__)

_known: dict[Key, tuple[int, int]] = {}
"""Version and legacy id of rows this environment has seen: a tag that a thousand articles share is looked up once.

A row never goes back to an older version and never goes away, so this cannot become wrong, only old.
"""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Works on each message; those it reports come back when their visibility timeout is over."""
    failed = [record["messageId"] for record in event["Records"] if not _is_done(record, context)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_done(record: dict[str, Any], context: Any) -> bool:
    """Whether the message may be deleted. Nobody waits for it, so whatever fails is tried ten times."""
    try:
        article = json.loads(record["body"])
        Import(with_relations(article), context).row_id(("articles", article["article_id"]))
    except Exception:
        _logger.exception("Not done yet: %s", record["messageId"])
        return False
    return True


class Import:
    """An article and its relations on their way into the CMS."""

    def __init__(self, documents: dict[Key, Document], context: Any) -> None:
        self._documents = documents
        self._context = context

    def row_id(self, key: Key) -> int:
        """Legacy id of the document's row, which has the document's version or a newer one."""
        document = self._documents[key]
        version, legacy_id = _known.get(key, (0, 0))
        if version < document["version"]:
            row = self._put(key, self._fields(document))
            _known[key] = row["version"], row["id"]
            legacy_id = row["id"]
        return legacy_id

    def _fields(self, document: Document) -> Document:
        """The document as the CMS has it: its relations by legacy id. They are written first."""
        fields = {name: document[name] for name in ("version", "name", "title", "body") if name in document}
        for name, kind in ONE.items():
            if name in document:
                fields[name] = self.row_id((kind, document[name])) if document[name] else None
        for name, kind in MANY.items():
            if name in document:
                fields[name] = [self.row_id((kind, one)) for one in document[name]]
        return fields

    def _put(self, key: Key, fields: Document) -> Document:
        """Writes the row if that is needed. Somebody else may be at it: that takes a moment at most."""
        kind, source_id = key
        if kind != "articles":
            return put_row(kind, source_id, fields)
        until = time.time() + _BUSY_FOR_S
        while True:
            remaining_s = self._context.get_remaining_time_in_millis() / 1000
            try:
                with held(f"{kind}/{source_id}", self._context.aws_request_id, remaining_s):
                    return put_row(kind, source_id, fields)
            except Busy:
                if time.time() > until:
                    raise
            time.sleep(0.5)
