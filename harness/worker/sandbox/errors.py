"""What can go wrong while a process locks itself up."""

import os


class SandboxUnavailable(Exception):
    """A layer that was asked for cannot be applied on this machine.

    Attributes:
        layer: one of `LAYERS`.
        errno: the system's error number; 0 where the system was not asked.
        why: one sentence for people.
    """

    def __init__(self, layer: str, errno: int, why: str) -> None:
        got = f"\nGot: {os.strerror(errno)} (errno {errno})." if errno else ""
        super().__init__(
            f"The sandbox layer '{layer}' cannot be applied: {why}{got}\n"
            "Try: kata doctor, which tells what each layer needs."
        )
        self.layer = layer
        self.errno = errno
        self.why = why


class SandboxLeaks(Exception):
    """The sandbox is on, and something it must prevent succeeded: no grade may be given."""

    def __init__(self, leak: str) -> None:
        super().__init__(
            f"The sandbox was applied and yet {leak}.\n"
            "Expected: every forbidden thing fails.\n"
            "Try: kata doctor; a worker in this state must run no learner code."
        )
        self.leak = leak
