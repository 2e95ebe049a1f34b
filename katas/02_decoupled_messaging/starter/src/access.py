"""Consumer of AccessQueue: keeps what each member may enter."""

from typing import Any


def handler(event: dict[str, Any], context: Any) -> None:
    """Takes a batch of messages from AccessQueue. Fails until you write it."""
    raise NotImplementedError("Write src/access.py.")
