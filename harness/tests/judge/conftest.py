"""Small worlds for the judge's tests."""

from harness.tests.world.conftest import build

__all__ = ["build"]
