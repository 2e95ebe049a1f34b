"""What event sources are tested with: a simulation, and functions that are coroutines."""

import pytest

from harness.tests.fakes import Simulation, simulations_are_closed

__all__ = ["simulations_are_closed"]


@pytest.fixture
def simulation() -> Simulation:
    """A fresh simulation."""
    return Simulation()
