"""Pauses between tries that double up to a cap: 1, 2, 4 ... seconds."""


class BackOff:
    """The pauses of one thing that is tried again and again."""

    def __init__(self, cap_s: float) -> None:
        self._cap_s = cap_s
        self._next_s = 1.0

    def next_s(self) -> float:
        """The pause before the next try, in seconds."""
        pause_s = self._next_s
        self._next_s = min(2 * pause_s, self._cap_s)
        return pause_s

    def reset(self) -> None:
        """Begins anew: something has succeeded."""
        self._next_s = 1.0
