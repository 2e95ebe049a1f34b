"""The quotas of Kinesis Data Streams, each beside the page that states it.

Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
"""

MIB = 1_048_576

WRITE_RECORDS_PER_S = 1_000
"""Records written to a shard in a second (service-sizes-and-limits)."""

WRITE_BYTES_PER_S = MIB
"""Bytes written to a shard in a second, partition keys included (service-sizes-and-limits)."""

RECORD_BYTES = MIB
"""Data and partition key of one record, where a stream has no larger MaxRecordSizeInKiB (API_PutRecord)."""

PARTITION_KEY_CHARACTERS = 256
"""Unicode characters of a partition key (API_PutRecord)."""

PUT_RECORDS = 500
"""Records of one PutRecords (API_PutRecords)."""

PUT_BYTES = 10 * MIB
"""All records of one PutRecords, partition keys included (API_PutRecords)."""

READS_PER_S = 5
"""GetRecords, and GetShardIterator, of a shard in a second (API_GetRecords)."""

READ_BYTES_PER_S = 2 * MIB
"""Bytes read from a shard in a second (API_GetRecords)."""

READ_RECORDS = 10_000
"""Records of one GetRecords (API_GetRecords)."""

READ_BYTES = 10 * MIB
"""Bytes of one GetRecords (API_GetRecords)."""

ITERATOR_S = 300
"""How long a shard iterator can be used (API_GetShardIterator)."""

LEAST_RETENTION_HOURS = 24
MOST_RETENTION_HOURS = 8_760
"""Retention of a stream: a day, up to a year (API_IncreaseStreamRetentionPeriod)."""

ON_DEMAND_SHARDS = 4
"""Shards of a new on-demand stream: 4 MiB a second (how-do-i-size-a-stream)."""

LISTED_SHARDS = 1_000
DESCRIBED_SHARDS = 100
LISTED_STREAMS = 100
"""Length of a page, where the caller names none (API_ListShards, API_DescribeStream, API_ListStreams)."""

CREATION_S = 10
RESHARDING_S = 30
"""How long a stream is CREATING or UPDATING: "typically a few minutes" at most; these are our model."""
