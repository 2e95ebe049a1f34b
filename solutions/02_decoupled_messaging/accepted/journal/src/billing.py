"""The Billing service: hears changes from BillingQueue, and answers GET /billing/{member_id}."""

import os
from typing import Any

from http_api import answer, problem
from journal import Journal, change_in

_CENTS = {"basic": 900, "plus": 1500, "pro": 2900}
_journal = Journal(os.environ["BILLING_TABLE"])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of the queue, or a request."""
    return _hear(event["Records"]) if "Records" in event else _show(event["pathParameters"]["member_id"])


def _hear(records: list[dict[str, Any]]) -> dict[str, Any]:
    failures = []
    for record in records:
        try:
            if change := change_in(record):
                cents = _CENTS[change["plan"]]
                entry = {name: change[name] for name in ("member_id", "version", "plan")}
                _journal.write({**entry, "amount_cents": cents})
        except Exception as error:
            print(f"Comes again: {error!r}")
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def _show(member_id: str) -> dict[str, Any]:
    entries = _journal.of(member_id)
    if not entries:
        return problem(404, "This member was never charged.")
    charges = [{name: entry[name] for name in ("version", "plan", "amount_cents")} for entry in entries]
    total = sum(charge["amount_cents"] for charge in charges)
    return answer(200, {"member_id": member_id, "charges": charges, "total_cents": total})
