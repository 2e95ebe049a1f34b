"""The archive's lane to the CMS: one bundle at a time, the relations first."""

from typing import Any

from aws_lambda_powertools.utilities.batch import SqsFifoPartialProcessor, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

import notes
import rows

_ONE = {"author_id": "authors", "category_id": "categories", "show_id": "shows"}
_MANY = {"category_ids": "categories", "tag_ids": "tags", "asset_ids": "assets"}
_CONTENT = ("version", "name", "title", "body")


def handler(event: dict[str, Any], context: Any) -> Any:
    """Consumes ArchiveQueue."""
    return process_partial_response(event, _import, SqsFifoPartialProcessor(), context)


def _import(record: SQSRecord, lambda_context: Any) -> None:
    bundle = record.json_body
    content = _translated(bundle["article"], bundle["needs"], {})
    article_id = bundle["article"]["article_id"]
    with notes.claim(article_id, lambda_context):
        rows.put("articles", article_id, content)


def _translated(document: dict[str, Any], needs: dict[str, Any], ids: dict[str, int]) -> dict[str, Any]:
    """The document as the CMS wants it, once the rows it names are there."""

    def legacy_id(name: str) -> int:
        if name not in ids:
            kind, _, source_id = name.partition("/")
            ids[name] = rows.put(kind, source_id, _translated(needs[name], needs, ids))["id"]
        return ids[name]

    content = {field: document[field] for field in _CONTENT if field in document}
    for field, kind in _ONE.items():
        if document.get(field):
            content[field] = legacy_id(f"{kind}/{document[field]}")
    for field, kind in _MANY.items():
        content[field] = [legacy_id(f"{kind}/{one}") for one in document.get(field) or []]
    return content
