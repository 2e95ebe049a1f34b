"""What a scenario meets beyond its own test: further faults, and clients that come later than sent."""

import msgspec

from harness.faults.delivery import DeliveryFault
from harness.faults.registry import AnyFault
from harness.faults.streams import StreamFault
from harness.world import World


class Extra(msgspec.Struct, frozen=True, kw_only=True):
    """Faults and lateness that are added to every world of a scenario.

    Attributes:
        faults: injected before the test gets the world, in this order.
        jitter_ms: how much later the first, second, ... request of the test's client comes.
        without: names of faults that never strike, though the test switches them on.
    """

    faults: tuple[AnyFault, ...] = ()
    jitter_ms: tuple[int, ...] = ()
    without: tuple[str, ...] = ()

    def add_to(self, world: World) -> None:
        """The world has them; a fault of a queue or stream that is not in the template has nothing to strike."""
        world.mute(self.without)
        for fault in self.faults:
            if _is_about_something(fault, world):
                world.inject(fault, optional=True)  # nobody promised that there is something to strike
        world.delay_requests(self.jitter_ms)


def _is_about_something(fault: AnyFault, world: World) -> bool:
    match fault:
        case DeliveryFault():
            return not fault.queue or world.queue(fault.queue).exists
        case StreamFault():
            return not fault.stream or world.stream(fault.stream).exists
    return True
