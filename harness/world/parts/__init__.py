"""PARTS: what a deployment is made of beyond functions, queues, tables and APIs. Start here.

A part creates what the template says of one AWS service, registers the service with the
gateway, and says how an ARN of its kind is delivered to. A new service is a module here and
a line in `PARTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.world.deployment import Deployment

PARTS: tuple[Callable[[Deployment], None], ...] = ()
"""In the order in which they are created; each is called once for a deployment."""
