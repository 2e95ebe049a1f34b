"""How fast the environments of a function may become more."""

from harness.functions.concurrency import Bucket


def taken(bucket: Bucket, now_us: int) -> int:
    """How many tokens can be taken at once."""
    count = 0
    while bucket.has_one(now_us):
        bucket.take(now_us)
        count += 1
    return count


def test_a_thousand_environments_come_at_once_and_then_a_hundred_a_second() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html"""
    bucket = Bucket(1000, full_after_s=10)

    assert [taken(bucket, now_us) for now_us in (0, 1_000_000, 1_500_000)] == [1000, 100, 50]


def test_what_is_not_used_does_not_accumulate() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html"""
    bucket = Bucket(1000, full_after_s=10)

    assert [taken(bucket, now_us) for now_us in (0, 3_600_000_000)] == [1000, 1000]
