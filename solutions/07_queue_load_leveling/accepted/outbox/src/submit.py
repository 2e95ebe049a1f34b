"""POST /articles: accepts an article and says where its transaction can be watched.

It writes one item and nothing else, so there is no moment between two writes to die in. The
item is the outbox too: the table's stream brings it to `relay`, which sends the message.
"""

from typing import Any

import transaction_table
from article import InvalidArticle, parse_article
from http_api import answer, problem, text_of


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers 202 once the article is written down."""
    key = event["headers"].get("idempotency-key", "")
    if not 1 <= len(key) <= 64:
        return problem(400, "Invalid Idempotency-Key", "The header Idempotency-Key must have 1-64 characters.")
    try:
        article = parse_article(text_of(event))
    except InvalidArticle as error:
        return problem(400, "Invalid article", str(error))

    transaction = transaction_table.opened(key, article)
    if transaction.fingerprint != article.fingerprint():
        return problem(422, "Idempotency-Key used before", "This key belongs to another article.")
    location = f"/transactions/{transaction.transaction_id}"
    body = {"transaction_id": transaction.transaction_id, "status": transaction.status, "location": location}
    return answer(202, body, location=location)
