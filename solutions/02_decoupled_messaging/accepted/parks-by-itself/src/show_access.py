"""GET /access/{member_id}: what a member may enter. Given, but yours to change.

It expects items of AccessTable with `member_id`, `plan`, `version` and `features`.
"""

import os
from typing import Any

import boto3

from http_api import answer, problem

_access = boto3.resource("dynamodb").Table(os.environ["ACCESS_TABLE"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers with the newest version that Access knows."""
    member_id = event["pathParameters"]["member_id"]
    item = _access.get_item(Key={"member_id": member_id}, ConsistentRead=True).get("Item")
    if not item:
        return problem(404, "Access does not know this member.")
    return answer(200, {name: item[name] for name in ("member_id", "plan", "version", "features")})
