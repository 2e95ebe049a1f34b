"""GET /transactions/{transaction_id}: tells what became of an article."""

import json
from typing import Any


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers 501 until you write it."""
    problem = {"title": "Not implemented", "status": 501, "detail": "Write src/transactions.py."}
    return {
        "statusCode": 501,
        "headers": {"Content-Type": "application/problem+json"},
        "body": json.dumps(problem),
    }
