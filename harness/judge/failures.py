"""How invocations failed, said to the one who wrote the function: what was raised, and on which line.

An invocation that a fault has struck is left out where causes are sought: it failed because
it was made to.
"""

import builtins
import re
from collections import Counter

from harness.faults.board import FaultStruck
from harness.world import Invocation, World
from harness.world.source_paths import last_own_line

CAUSES_TOLD = 2
MESSAGE_CHARACTERS = 300
SPUN = "it computed without end"
"""Said of an invocation that a real clock ended, so that another machine might end it elsewhere."""

_REQUEST_ID = re.compile(r"^RequestId: \S+ Error: ")
_SECONDS = re.compile(r"timed out after (\d+)\.00 seconds")

_WRONG_DATA = (ArithmeticError, AssertionError, LookupError, TypeError, ValueError)
_WRONG_NAMES = (AttributeError, ImportError, NameError, NotImplementedError, SyntaxError)
_NOT_TO_BE_HAD = (FileNotFoundError, MemoryError, PermissionError, RecursionError)
MISTAKES = (*_WRONG_DATA, *_WRONG_NAMES, *_NOT_TO_BE_HAD)
"""Errors that nobody raises to have a message delivered again."""


def told(invocation: Invocation, world: World) -> str:
    """How an invocation ended, in a few words, with the line where it failed."""
    error = invocation.error
    if invocation.outcome not in ("failed", "timed out"):
        return invocation.outcome
    message = _REQUEST_ID.sub("", str(error.get("errorMessage", ""))).partition("\n")[0][:MESSAGE_CHARACTERS]
    if seconds := _SECONDS.search(message):
        return f"timed out after {seconds[1]} s" + (f" ({SPUN})" if invocation.spun else "")
    if error.get("errorType") == "Runtime.ExitError":
        return f"failed: {message}"
    file, line = last_own_line(error.get("stackTrace", []))
    place = f" ({world.as_submitted(invocation.function, f'/var/task/{file}')}:{line})" if line else ""
    return f"failed: {error.get('errorType')}{f': {message}' if message else ''}{place}"


def causes(world: World, *, mistakes_only: bool) -> str:
    """Why functions failed that no fault has struck, the most frequent cause first; "" if none has failed.

    Args:
        mistakes_only: leave out what a function may raise on purpose, to have a message again.
    """
    struck = _struck(world)
    failed = [one for one in world.invocations() if one.error and one.request_id not in struck]
    if mistakes_only:
        failed = [one for one in failed if _is_mistake(one)]
    counted = Counter(f"{one.function} {told(one, world)}" for one in failed if one.outcome != "killed")
    return " ".join(
        text + (f", {times} times." if times > 1 else ".") for text, times in counted.most_common(CAUSES_TOLD)
    )


def _is_mistake(invocation: Invocation) -> bool:
    name = str(invocation.error.get("errorType", ""))
    kind = getattr(builtins, name, None)
    is_mistake = isinstance(kind, type) and issubclass(kind, MISTAKES)
    return is_mistake or name.startswith(("Runtime.", "Sandbox."))


def _struck(world: World) -> set[str]:
    """Request ids of the invocations that a fault has hit."""
    return {record.request_id for record in world.trace.of(FaultStruck) if record.request_id}
