"""What functions were not allowed to do, said to the one who wrote the template."""

from collections import Counter

from harness.cloud.permissions.records import AccessDenied
from harness.world import World

DENIALS_TOLD = 2


def denials(world: World) -> str:
    """The calls that a role did not allow, each with its remedy, the first one first; "" if there is none."""
    counted = Counter((one.function, one.action, one.resource, one.remedy) for one in world.trace.of(AccessDenied))
    return " ".join(
        f"{function} may not {action} on {resource}{f' ({times} times)' if times > 1 else ''}. {remedy}"
        for (function, action, resource, remedy), times in list(counted.items())[:DENIALS_TOLD]
    )
