"""How streams and shards look in the API's answers.

Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Shard.html
"""

from typing import Any

from harness.cloud.engines.kinesis.shard import Shard
from harness.simulation.clock import Clock


def unix_s(clock: Clock, at_us: int) -> float:
    """A virtual instant in Unix seconds, cut to the millisecond."""
    return (clock.unix_us() - clock.now_us + at_us) // 1000 / 1000


def shown_shard(shard: Shard) -> dict[str, Any]:
    """A shard in a list."""
    numbers = {"StartingSequenceNumber": shard.starting}
    if shard.ending is not None:
        numbers["EndingSequenceNumber"] = shard.ending
    body: dict[str, Any] = {
        "ShardId": shard.shard_id,
        "HashKeyRange": _hash_range(shard),
        "SequenceNumberRange": numbers,
    }
    names = ("ParentShardId", "AdjacentParentShardId")
    return body | dict(zip(names, shard.parents, strict=False))


def child_shard(shard: Shard) -> dict[str, Any]:
    """A shard where GetRecords has reached the end of its parent."""
    return {"ShardId": shard.shard_id, "ParentShards": list(shard.parents), "HashKeyRange": _hash_range(shard)}


def _hash_range(shard: Shard) -> dict[str, str]:
    return {"StartingHashKey": str(shard.hash_range.first), "EndingHashKey": str(shard.hash_range.last)}
