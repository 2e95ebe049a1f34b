"""Whom each bucket tells, and the telling: makes a change of what was written, in rising sequence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.s3.configuration import Configuration
from harness.cloud.s3.events import Change
from harness.cloud.s3.notifier import EVENT_BRIDGE, Notifier
from harness.cloud.s3.state import Stored
from harness.cloud.template.model_bucket import NotificationSpec
from harness.simulation.clock import Clock

S3_ITSELF = "s3.amazonaws.com"
_SEQUENCER_DIGITS = 18
_PER_MICROSECOND = 4096


@dataclass(frozen=True)
class Doing:
    """One request, as far as the record of its change tells of it.

    Attributes:
        requester: logical id of the function; S3_ITSELF for the lifecycle; else who it is, in words.
    """

    requester: str
    request_id: str
    host_id: str

    @property
    def principal(self) -> str:
        """The requester as records name him."""
        if self.requester == S3_ITSELF:
            return S3_ITSELF
        return f"AWS:AROAKATA0000000000000:{self.requester}"

    @property
    def source_ip(self) -> str:
        """Where the request came from."""
        return S3_ITSELF if self.requester == S3_ITSELF else "203.0.113.17"


class Targets(Protocol):
    """Whoever notifications go to."""

    def label(self, arn: str) -> str:
        """The logical id behind an ARN, or its last part."""
        ...

    def refusal(self, spec: NotificationSpec, bucket: str) -> str:
        """Why S3 may not send there; "" if it may."""
        ...

    def send(self, arn: str, text: str) -> None:
        """Sends a text to a queue or topic."""
        ...


class Journal:
    """Every change of every bucket passes here.

    Attributes:
        configurations: by the bucket's name.
    """

    def __init__(self, clock: Clock, notifier: Notifier, targets: Targets, labels: Mapping[str, str]) -> None:
        """Args:
        labels: logical ids by the bucket's name.
        """
        self.configurations: dict[str, Configuration] = {}
        self._clock = clock
        self._notifier = notifier
        self._targets = targets
        self._labels = labels
        self._last_number = 0

    def changed(self, bucket: str, event: str, reason: str, stored: Stored, doing: Doing) -> None:
        """Tells of a change.

        Args:
            event: as in "ObjectCreated:Put".
            reason: as in "PutObject".
            stored: what was written, or what was removed.
        """
        configuration = self.configurations.get(bucket)
        if configuration is None:
            return
        wanting = [spec for spec in configuration.notifications if spec.wants(event, stored.key)]
        if not wanting and not configuration.event_bridge:
            return
        change = self._change(bucket, event, reason, stored, doing)
        label = self._labels.get(bucket, bucket)
        for spec in wanting:
            self._notifier.send(label, self._targets.label(spec.target_arn), change, spec)
        if configuration.event_bridge:
            self._notifier.send(label, EVENT_BRIDGE, change, None)

    def _change(self, bucket: str, event: str, reason: str, stored: Stored, doing: Doing) -> Change:
        now = self._clock.utcnow()
        return Change(
            bucket=bucket,
            key=stored.key,
            event=event,
            reason=reason,
            version_id="" if stored.version_id == "null" else stored.version_id,
            size=stored.size,
            etag=stored.etag,
            sequencer=self._sequencer(),
            time=f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
            region=REGION,
            account_id=ACCOUNT_ID,
            requester=doing.principal,
            source_ip=doing.source_ip,
            request_id=doing.request_id,
            host_id=doing.host_id,
        )

    def _sequencer(self) -> str:
        """Hexadecimal text that rises with each change, of one length for all."""
        self._last_number = max(self._last_number + 1, self._clock.unix_us() * _PER_MICROSECOND)
        return f"{self._last_number:0{_SEQUENCER_DIGITS}X}"
