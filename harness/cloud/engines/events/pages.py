"""One page of a list."""

import base64
import binascii
from typing import Any

from harness.cloud.engines.events.errors import invalid


def page(key: str, items: list[Any], token: str | None, limit: int) -> dict[str, Any]:
    """The answer of a List action: up to `limit` items, and a NextToken if there are more.

    Raises:
        EventsError: the token is none of ours, or the limit is not from 1 to 100.
    """
    if not 1 <= limit <= 100:
        raise invalid("Parameter Limit is not valid. Reason: it must be from 1 to 100")
    begin = 0
    if token is not None:
        try:
            begin = int(base64.b64decode(token, validate=True))
        except (ValueError, binascii.Error):
            raise invalid("Parameter NextToken is not valid.") from None
    answer: dict[str, Any] = {key: items[begin : begin + limit]}
    if begin + limit < len(items):
        answer["NextToken"] = base64.b64encode(str(begin + limit).encode()).decode()
    return answer
