"""What every event source that acts by itself can do."""

from typing import Protocol


class EventSource(Protocol):
    """Something that invokes functions by itself.

    Attributes:
        ticks: it fires for ever, so the simulation never settles.
    """

    ticks: bool

    def start(self) -> None:
        """Begins, at the instant of the deployment."""
        ...
