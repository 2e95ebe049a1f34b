"""Schedules: EventBridge rules and EventBridge Scheduler with rate(), as a source of events.

A rule's phase within its period is drawn once per run, then it fires at the exact period,
each time up to five seconds late (model choice; AWS promises minute precision). The function
is invoked asynchronously.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import asyncio
import json
import re

from harness.cloud.account import ACCOUNT_ID, REGION
from harness.cloud.errors import SubmissionError
from harness.cloud.template import EventSourceSpec, ScheduleSettings
from harness.functions.asynchronous import Asynchronous
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness, uuid_from

LATENESS_MS = 5000
FIRST_PHASE_S = 60
_UNITS_S = {"minute": 60, "minutes": 60, "hour": 3600, "hours": 3600, "day": 86_400, "days": 86_400}
_RATE = re.compile(r"rate\((\d+) (minutes?|hours?|days?)\)")


class ScheduleNotSimulated(SubmissionError):
    """The schedule expression is one this simulator does not have."""


def period_s(spec: EventSourceSpec, settings: ScheduleSettings) -> int:
    """The period of a rate() expression.

    Raises:
        ScheduleNotSimulated: another kind of expression.
    """
    match = _RATE.fullmatch(settings.expression.strip())
    if match is None or int(match[1]) < 1:
        raise ScheduleNotSimulated(
            f"The schedule {spec.name} of {spec.function} is {settings.expression!r}.",
            expected="rate(1 minute), rate(5 minutes), rate(1 hour), ...; cron() and at() are not simulated yet",
            line=spec.line,
        )
    return int(match[1]) * _UNITS_S[match[2]]


class ScheduleEventSource:
    """One schedule."""

    ticks = True

    def __init__(
        self,
        *,
        spec: EventSourceSpec,
        settings: ScheduleSettings,
        loop: VirtualLoop,
        randomness: Randomness,
        asynchronous: Asynchronous,
    ) -> None:
        self._spec = spec
        self._settings = settings
        self._period_s = period_s(spec, settings)
        self._loop = loop
        self._chance = randomness.stream(f"schedule/{spec.function}/{spec.name}")
        self._asynchronous = asynchronous

    def start(self) -> None:
        """Begins to tick."""
        self._loop.keep(self._tick())

    async def _tick(self) -> None:
        due_s = self._chance.randrange(FIRST_PHASE_S)
        while True:
            await asyncio.sleep(max(0.0, due_s - self._loop.time()))
            await asyncio.sleep(self._chance.randrange(LATENESS_MS) / 1000)
            self._asynchronous.accept(self._spec.function, self._event(), cause=f"schedule {self._spec.name}")
            due_s += self._period_s

    def _event(self) -> bytes:
        if self._settings.input:
            return self._settings.input.encode()
        event = {
            "version": "0",
            "id": uuid_from(self._chance),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": ACCOUNT_ID,
            "time": f"{self._loop.clock.utcnow():%Y-%m-%dT%H:%M:%SZ}",
            "region": REGION,
            "resources": [f"arn:aws:events:{REGION}:{ACCOUNT_ID}:rule/{self._spec.name}"],
            "detail": {},
        }
        return json.dumps(event).encode()
