"""GET /transactions/{transaction_id}: tells what became of an article."""

from typing import Any

import transaction_table
from http_api import answer, problem
from transaction_table import FAILED, SUCCEEDED


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers with the transaction as it is at this moment."""
    transaction_id = event["pathParameters"]["transaction_id"]
    transaction = transaction_table.found(transaction_id)
    if transaction is None:
        return problem(404, "No such transaction", f"There is no transaction {transaction_id}.")
    body: dict[str, Any] = {
        "transaction_id": transaction.transaction_id,
        "status": transaction.status,
        "article_id": transaction.article_id,
    }
    if transaction.status == SUCCEEDED:
        body["result"] = {"location": transaction.result_location}
    if transaction.status == FAILED:
        body["error"] = {"title": "Not taken into the CMS", "detail": transaction.error_detail}
    return answer(200, body)
