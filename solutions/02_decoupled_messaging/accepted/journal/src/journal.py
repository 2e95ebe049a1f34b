"""A journal: what was heard of a member, under its version. It only grows.

Writing an entry again writes the same, and no entry replaces another; so neither copies nor
order matter. What is true now is computed when somebody asks.
"""

import json
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key

Entry = dict[str, Any]


class Journal:
    """A table with `member_id` and `version` as its key."""

    def __init__(self, table: str) -> None:
        self._table = boto3.resource("dynamodb").Table(table)

    def write(self, entry: Entry) -> None:
        """The entry stands in the journal."""
        self._table.put_item(Item=entry)

    def of(self, member_id: str) -> list[Entry]:
        """Everything about a member, by version."""
        pages, start = [], {}
        while True:
            page = self._table.query(
                KeyConditionExpression=Key("member_id").eq(member_id), ConsistentRead=True, **start
            )
            pages += page["Items"]
            if "LastEvaluatedKey" not in page:
                return pages
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def change_in(record: dict[str, Any]) -> dict[str, Any] | None:
    """The change of a plan in a record of a queue; None if it is about something else."""
    found = json.loads(record["body"])
    return found if found["event_type"] == "MemberChanged" else None
