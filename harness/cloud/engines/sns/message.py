"""A message as a topic took it in."""

import msgspec

from harness.cloud.engines.sqs.message import AttributeValue


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A message that a topic accepted.

    Attributes:
        text: what subscribers get for whom there is no text of their own.
        texts: with MessageStructure json, the text of each protocol that has one.
        published_us: virtual time.
        sequence_number: of a FIFO topic.
        trace_header: X-Ray header of the publisher's call.
    """

    message_id: str
    text: str
    texts: dict[str, str] = {}
    subject: str | None = None
    attributes: dict[str, AttributeValue] = {}
    published_us: int
    size_bytes: int
    group_id: str | None = None
    deduplication_id: str | None = None
    sequence_number: str | None = None
    trace_header: str | None = None

    def text_for(self, protocol: str) -> str:
        """What a subscriber of this protocol gets."""
        return self.texts.get(protocol, self.text)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A message that somebody wants to publish.

    Attributes:
        structure: "json" if the text holds a text for each protocol.
    """

    text: str
    subject: str | None = None
    structure: str | None = None
    attributes: dict[str, AttributeValue] = {}
    group_id: str | None = None
    deduplication_id: str | None = None
    trace_header: str | None = None
