"""POST /articles: accepts an article and says where its transaction can be watched."""

import json
from typing import Any


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers 501 until you write it."""
    problem = {"title": "Not implemented", "status": 501, "detail": "Write src/submit.py."}
    return {
        "statusCode": 501,
        "headers": {"Content-Type": "application/problem+json"},
        "body": json.dumps(problem),
    }
