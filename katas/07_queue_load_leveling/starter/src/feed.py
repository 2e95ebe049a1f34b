"""Consumer of IngestQueue: carries articles into the Legacy CMS."""

from typing import Any


def handler(event: dict[str, Any], context: Any) -> None:
    """Takes a batch of messages from IngestQueue. Fails until you write it."""
    raise NotImplementedError("Write src/feed.py.")
