"""Imports what every judge needs, once, before it is forked."""

import gc


def preload() -> None:
    """pytest, moto's DynamoDB and the world: imported, and their first-use caches filled."""
    import pytest  # noqa: F401
    import pytest_asyncio  # noqa: F401

    import harness.judge.session  # noqa: F401
    from harness.cloud.account import Account
    from harness.simulation.clock import Clock
    from harness.simulation.randomness import Randomness

    Account(Clock(), Randomness(0)).json_call("dynamodb", "DynamoDB_20120810.ListTables")
    _spare_the_collector()


def _spare_the_collector() -> None:
    """What is imported stays for ever: the collector need not walk it, nor forks copy its pages."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
