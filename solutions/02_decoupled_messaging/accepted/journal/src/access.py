"""The Access service: hears changes from AccessQueue, and answers GET /access/{member_id}.

An entry is written when its features are known. The highest version in the journal counts.
"""

import os
from typing import Any

from entitlements import features
from http_api import answer, problem
from journal import Journal, change_in

_journal = Journal(os.environ["ACCESS_TABLE"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of the queue, or a request."""
    return _hear(event["Records"]) if "Records" in event else _show(event["pathParameters"]["member_id"])


def _hear(records: list[dict[str, Any]]) -> dict[str, Any]:
    failures = []
    for record in records:
        try:
            if change := change_in(record):
                entry = {name: change[name] for name in ("member_id", "version", "plan")}
                _journal.write({**entry, "features": features(change["member_id"], change["plan"])})
        except Exception as error:
            print(f"Comes again: {error!r}")
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _show(member_id: str) -> dict[str, Any]:
    entries = _journal.of(member_id)
    if not entries:
        return problem(404, "Access does not know this member.")
    return answer(200, {name: entries[-1][name] for name in ("member_id", "plan", "version", "features")})
