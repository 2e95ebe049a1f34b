"""Batches of changes, each worked on once in fifteen days: longer than a copy can be late.

The memory saves work. That a change counts once is decided by the conditional writes behind it.
"""

import json
import os
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

_FIFTEEN_DAYS_S = 15 * 86_400

Change = dict[str, Any]


def consumer(take: Callable[[Change], None]) -> Callable[[dict[str, Any], Any], Any]:
    """The handler of a function that takes changes from a queue."""
    processor = BatchProcessor(event_type=EventType.SQS)
    config = IdempotencyConfig(
        event_key_jmespath="event_id", raise_on_no_idempotency_key=True, expires_after_seconds=_FIFTEEN_DAYS_S
    )
    memory = DynamoDBPersistenceLayer(table_name=os.environ["EVENTS_TABLE"])

    @idempotent_function(data_keyword_argument="change", persistence_store=memory, config=config)
    def once(change: Change) -> None:
        take(change)

    def work(record: SQSRecord) -> None:
        change = json.loads(record.body)
        if change["event_type"] == "MemberChanged":
            once(change=change)

    def handler(event: dict[str, Any], context: Any) -> Any:
        config.register_lambda_context(context)  # or a crash would lock its event for fifteen days
        return process_partial_response(event=event, record_handler=work, processor=processor, context=context)

    return handler
