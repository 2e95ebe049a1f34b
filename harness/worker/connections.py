"""Connections that a client keeps open between two requests, and servers that close them when nobody uses them.

A connection here is no more than the instant of its last use: what counts is how many are
opened, which takes time, and that one which was left alone for too long is gone.
"""

from harness.worker.determinism import clock


class Lifetime:
    """How long servers keep an idle connection.

    Attributes:
        idle_close_s: after so many seconds without a request they close it; 0: never.
    """

    idle_close_s: float = 0

    def is_over(self, used_us: int) -> bool:
        """Whether a connection last used then has been closed by the server."""
        return 0 < self.idle_close_s * 1_000_000 < clock.monotonic_us() - used_us


lifetime = Lifetime()


class IdleConnections:
    """The idle connections of a pool to one host; the one used last is used first.

    Args:
        most: how many are kept; one given back beyond that is closed.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._used_us: list[int] = []

    def take(self) -> bool:
        """Whether there was one to use; one that the server has closed is thrown away."""
        while self._used_us:
            if not lifetime.is_over(self._used_us.pop()):
                return True
        return False

    def give_back(self) -> None:
        """A connection is idle from now on."""
        if len(self._used_us) < self._most:
            self._used_us.append(clock.monotonic_us())
