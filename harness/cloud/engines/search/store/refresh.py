"""When an index is refreshed, in virtual time: nothing ticks, the ticks are computed.

Source: https://docs.opensearch.org/latest/api-reference/index-apis/refresh/
"""

import random

from harness.cloud.engines.search.store.settings import IndexSettings
from harness.simulation.clock import Clock


class RefreshSchedule:
    """The refreshes of an index.

    Args:
        chance: draws the phase: two indexes are not refreshed at the same instant.
    """

    def __init__(self, clock: Clock, settings: IndexSettings, chance: random.Random) -> None:
        self._clock = clock
        self._settings = settings
        self._first_us = clock.now_us + round(chance.random() * max(settings.refresh_us, 0))
        self._last_search_us = clock.now_us

    def last_us(self) -> int:
        """The newest refresh that has been; -1: none yet."""
        interval_us = self._settings.refresh_us
        if interval_us <= 0 or self._clock.now_us < self._first_us:
            return self._clock.now_us if interval_us == 0 else -1
        passed = (self._clock.now_us - self._first_us) // interval_us
        return self._first_us + passed * interval_us

    def wait_us(self) -> int:
        """How long until the next one. Without an interval 0: who waits is not left waiting."""
        interval_us = self._settings.refresh_us
        if interval_us <= 0:
            return 0
        if self._clock.now_us < self._first_us:
            return self._first_us - self._clock.now_us
        return interval_us - (self._clock.now_us - self._first_us) % interval_us

    def searched(self) -> bool:
        """Notes a search; whether it wakes an index that had ceased to be refreshed."""
        idle_us = self._clock.now_us - self._last_search_us
        self._last_search_us = self._clock.now_us
        return self._settings.may_idle and idle_us >= self._settings.idle_after_us

    def restart(self) -> None:
        """Begins anew: the interval has changed."""
        self._first_us = self._clock.now_us + max(self._settings.refresh_us, 0)
