"""What every event source that acts by itself can do."""

from typing import Protocol


class EventSource(Protocol):
    """Something that invokes functions by itself."""

    @property
    def ticks(self) -> bool:
        """Whether it fires for ever, so that the simulation never settles."""
        ...

    def start(self) -> None:
        """Begins, at the instant of the deployment."""
        ...
