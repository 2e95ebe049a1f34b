"""What the clients of the test against botocore's models share."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

ACCOUNT = "123456789012"
ARN = f"arn:aws:{{}}:eu-west-1:{ACCOUNT}:{{}}"
UNIX_S = 1_767_603_600  # 5 January 2026, 09:00 UTC
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"


def refused(call: Callable[..., Any], **parameters: Any) -> None:
    """Makes a call that must not work; what it is answered with is judged with all other answers."""
    try:
        call(**parameters)
    except ClientError:
        return
    raise AssertionError(f"{call.__name__} works with {parameters}.")
