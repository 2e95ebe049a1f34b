"""The simulated world, and the words acceptance tests are written in.

`world.py` holds the words, `deployment.py` builds everything from a template.
"""

from harness.world.deployment import OutsideServiceSpec, Setting
from harness.world.queue_view import QueueView
from harness.world.views import Arrival, CallMade, HttpAnswer, Invocation
from harness.world.world import World

__all__ = [
    "Arrival",
    "CallMade",
    "HttpAnswer",
    "Invocation",
    "OutsideServiceSpec",
    "QueueView",
    "Setting",
    "World",
]
