"""Seeded randomness, in named streams.

Each user of chance (a fault, an event source, the latency table) has a stream of its own.
A draw added to one of them does not shift the others, so a run stays comparable with the
run before a change.
"""

import hashlib
import random
import uuid


class Randomness:
    """Hands out one `random.Random` per name, each a function of the seed and the name."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._streams: dict[str, random.Random] = {}

    def stream(self, name: str) -> random.Random:
        """The stream of this name: the same object each time it is asked for."""
        if name not in self._streams:
            self._streams[name] = random.Random(derive(self.seed, name))
        return self._streams[name]


def uuid_from(chance: random.Random) -> str:
    """A UUID (version 4 in its shape) out of a stream."""
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def derive(seed: int, *names: object) -> int:
    """A 64-bit seed that depends on all of its arguments and gives none of them away.

    The way back is closed (BLAKE2), so learner code that recovers its own stream from the
    numbers it draws learns nothing about the stream the faults are drawn from.
    """
    text = "/".join([str(seed), *map(str, names)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
