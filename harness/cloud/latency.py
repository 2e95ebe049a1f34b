"""How long an AWS call takes in virtual time: one nominal latency per service and operation.

AWS publishes no such table. The values are the simulator's own model, listed in
docs/reference/fidelity.md; each call varies by up to a tenth, drawn from the seed, and that
variation is what interleaves concurrent invocations.
"""

import random

_DEFAULT_MS = 20.0

_SERVICE_MS = {
    "dynamodb": 5.0,
    "dynamodbstreams": 5.0,
    "sqs": 10.0,
    "sns": 20.0,
    "kinesis": 15.0,
    "lambda": 10.0,
    "events": 20.0,
    "s3": 25.0,
}

_OPERATION_MS = {
    ("dynamodb", "TransactWriteItems"): 10.0,
    ("dynamodb", "TransactGetItems"): 10.0,
    ("s3", "PutObject"): 40.0,
    ("s3", "PostObject"): 40.0,
    ("s3", "CopyObject"): 40.0,
    ("s3", "UploadPart"): 40.0,
    ("s3", "UploadPartCopy"): 40.0,
    ("s3", "CompleteMultipartUpload"): 40.0,
}


def latency_us(service: str, operation: str, chance: random.Random) -> int:
    """Virtual microseconds from sending a call to receiving its answer."""
    nominal_ms = _OPERATION_MS.get((service, operation), _SERVICE_MS.get(service, _DEFAULT_MS))
    return round(nominal_ms * chance.uniform(0.9, 1.1) * 1000)
