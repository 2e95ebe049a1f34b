"""How much the latency of a service varies: a little for most answers, a lot for a few."""

import random
from dataclasses import dataclass

EVEN = 0.1
"""By default a latency differs by up to a tenth from its nominal value, evenly, so the mean stays true."""


@dataclass(frozen=True)
class Spread:
    """A distribution of latencies around the nominal one.

    Attributes:
        even: every latency differs by up to this share, evenly.
        tail_share: of the answers that take much longer, 0 to 1.
        tail_factor: how many times as long the slowest of these takes; the others lie between,
            most of them near the low end.
    """

    even: float = EVEN
    tail_share: float = 0.0
    tail_factor: float = 10.0

    def factor(self, chance: random.Random) -> float:
        """How many times its nominal latency an answer takes."""
        factor = chance.uniform(1 - self.even, 1 + self.even)
        if self.tail_share and chance.random() < self.tail_share:
            factor *= self.tail_factor ** chance.random()
        return factor
