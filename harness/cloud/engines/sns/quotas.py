"""Quotas of Amazon SNS.

Source: https://docs.aws.amazon.com/general/latest/gr/sns.html unless said otherwise.
"""

MESSAGE_BYTES = 256 * 1024
"""Of a message, and of a batch in all, unless the topic says otherwise: text and attributes.
Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""

LEAST_MAXIMUM_MESSAGE_BYTES = 1024
LARGEST_MESSAGE_BYTES = 1024 * 1024
"""What a topic's MaximumMessageSize can be.
Source: https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html"""

LARGE_MESSAGE_SUBSCRIPTIONS = 100
LARGE_MESSAGE_PROTOCOLS = ("sqs", "lambda", "firehose")
"""A topic for messages above 256 KiB has at most so many subscriptions, of these protocols."""

BATCH_ENTRIES = 10
SUBJECT_CHARACTERS = 100
DISPLAY_NAME_CHARACTERS = 100
NAME_CHARACTERS = 256
TAGS = 50
PAGE = 100
"""Topics or subscriptions on one page of a list."""

DEDUPLICATION_US = 5 * 60 * 1_000_000
"""Source: https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html"""

CONFIRMATION_US = 2 * 24 * 3600 * 1_000_000
"""How long the token of a subscription is valid.
Source: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html"""

FILTER_POLICIES = 200
"""Of one topic."""
FILTER_POLICY_BYTES = 256 * 1024
FILTER_POLICY_KEYS = 5
FILTER_POLICY_COMBINATIONS = 150
FILTER_POLICY_LARGEST_NUMBER = 1e9
FILTER_POLICY_DIGITS = 5
"""Source: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html"""

RAW_ATTRIBUTES = 10
"""Message attributes a raw delivery to SQS can carry; with more the delivery fails.
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html"""

HTTP_TIMEOUT_S = 15.0
HTTP_RETRIES = 100
HTTP_RETRY_TIME_S = 3600
"""Source: https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html"""
