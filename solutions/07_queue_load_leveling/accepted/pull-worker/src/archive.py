"""An article of the archive, on its way into the CMS with all that it refers to.

There is one worker at a time. Each row is taken all the same before it is written: a worker that was
killed may have left a request at the CMS, and the next one would not see its row yet.
"""

import json
from typing import Any

import index
import newsroom_table
from cms import NotNow, Refused, put

_ONE = {"author_id": "authors", "category_id": "categories", "show_id": "shows"}
_MANY = {"category_ids": "categories", "tag_ids": "tags", "asset_ids": "assets"}
_LEFT_OUT = ("id", "article_id", "updated_at")


class Taken(Exception):
    """A row is taken: perhaps by a worker that is no more."""


def is_done(message: dict[str, Any], context: Any) -> bool:
    """Whether the article is in the CMS. What never gets there is given up by the queue."""
    owner = f"{context.aws_request_id}/{message['ReceiptHandle'][-40:]}"
    try:
        _put("articles", json.loads(message["Body"])["id"], owner, context)
    except Exception as trouble:
        print(f"Not done: {message['Body']}: {trouble!r}")
        return False
    return True


def _put(kind: str, source_id: str, owner: str, context: Any) -> int:
    document = index.ask("GET", f"/{kind}/_doc/{source_id}")["_source"]
    fields = {name: value for name, value in document.items() if name not in _LEFT_OUT}
    for name in [one for one in _ONE if one in fields]:
        fields[name] = _put(_ONE[name], fields[name], owner, context) if fields[name] else None
    for name in [one for one in _MANY if one in fields]:
        fields[name] = [_put(_MANY[name], one, owner, context) for one in fields[name]]
    row_name = f"{kind}/{source_id}"
    if not newsroom_table.take(row_name, owner, context):
        raise Taken(row_name)
    try:
        row = put(kind, source_id, fields)
    except (NotNow, Refused):
        newsroom_table.leave(row_name, owner)
        raise
    newsroom_table.leave(row_name, owner)
    return int(row["id"])
