"""What travels through the queues: the article and the transaction that waits for it."""

import json
from dataclasses import asdict, dataclass

from article import Article


class Unreadable(ValueError):
    """The body is none of ours."""


@dataclass(frozen=True)
class Message:
    """An accepted article on its way to the CMS."""

    transaction_id: str
    article: Article

    def to_body(self) -> str:
        """The message as a body for SQS."""
        return json.dumps(asdict(self))


def parse_message(body: str) -> Message:
    """The message in this body.

    Raises:
        Unreadable: there is none.
    """
    try:
        fields = json.loads(body)
        return Message(str(fields["transaction_id"]), Article(**fields["article"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"The message cannot be read: {error}") from error
