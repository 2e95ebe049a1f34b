"""The quotas of Amazon SQS, each beside the page that states it.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html
"""

MESSAGE_BYTES = 1_048_576
"""Body and attributes of one message, or of all messages in one batch (quotas-messages)."""

MESSAGE_ATTRIBUTES = 10
"""Message attributes of one message (quotas-messages)."""

ATTRIBUTE_NAME_CHARACTERS = 256
"""Characters of an attribute's name or type (sqs-message-metadata)."""

BATCH_ENTRIES = 10
"""Entries of one batch call (quotas-messages)."""

RECEIVE_MESSAGES = 10
"""Messages of one ReceiveMessage (API_ReceiveMessage)."""

WAIT_S = 20
"""Longest long poll (API_ReceiveMessage)."""

VISIBILITY_S = 43_200
"""Longest visibility timeout, and the longest a message stays in flight in all: 12 h (sqs-visibility-timeout)."""

DELAY_S = 900
"""Longest delay of a message (API_SendMessage)."""

IN_FLIGHT_MESSAGES = 120_000
"""Received and not deleted messages of one queue (quotas-queues)."""

RECEIVE_COUNT = 1_000
"""Largest maxReceiveCount (API_SetQueueAttributes)."""

DEDUPLICATION_US = 300_000_000
"""How long a deduplication id, or a receive request attempt id, is remembered: 5 min (FIFO-key-terms)."""

PURGE_INTERVAL_US = 60_000_000
"""Between two PurgeQueue calls (API_PurgeQueue)."""

NAME_REUSE_US = 60_000_000
"""Between DeleteQueue and CreateQueue with the same name (API_DeleteQueue)."""

MOVES_PER_S = 500
"""Fastest message move task (API_StartMessageMoveTask)."""

LISTED_QUEUES = 1_000
"""Queues on one page of a list (API_ListQueues)."""

QUEUE_TAGS = 50
"""Tags of one queue (quotas-queues)."""
