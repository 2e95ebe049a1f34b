"""Tables for tests."""

import pytest

from harness.tests.cloud.tables.account_of_tables import Tables
from harness.tests.fakes import simulations_are_closed

__all__ = ["simulations_are_closed"]


@pytest.fixture
def tables() -> Tables:
    """An account with a table `notes`."""
    tables = Tables()
    tables.create()
    return tables
