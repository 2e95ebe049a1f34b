"""The words of acceptance tests; they live in `harness.promises`."""

from harness.promises import PromiseBroken, expect

__all__ = ["PromiseBroken", "expect"]
