"""How long calls take: a nominal value per service and operation, and a tenth around it."""

import random

import pytest

from harness.cloud.latency import latency_us


@pytest.mark.parametrize(
    ("service", "operation", "nominal_ms"),
    [
        ("dynamodb", "PutItem", 5),
        ("dynamodb", "TransactWriteItems", 10),
        ("sqs", "SendMessage", 10),
        ("lambda", "Invoke", 10),
        ("s3", "GetObject", 25),
        ("s3", "PutObject", 40),
        ("secretsmanager", "GetSecretValue", 20),
    ],
)
def test_a_call_takes_its_nominal_latency_give_or_take_a_tenth(service: str, operation: str, nominal_ms: int) -> None:
    chance = random.Random(3)

    drawn = [latency_us(service, operation, chance) for _ in range(300)]

    assert nominal_ms * 900 <= min(drawn) < nominal_ms * 920
    assert nominal_ms * 1080 < max(drawn) <= nominal_ms * 1100


def test_latencies_are_whole_microseconds_and_those_of_the_seed() -> None:
    drawn = [latency_us("sqs", "SendMessage", random.Random(3)) for _ in range(2)]

    assert drawn[0] == drawn[1]
    assert isinstance(drawn[0], int)
