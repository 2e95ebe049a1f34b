"""Graph databases for tests."""

import pytest

from harness.tests.cloud.graph.database import Database
from harness.tests.fakes import simulations_are_closed

__all__ = ["simulations_are_closed"]


@pytest.fixture
def database() -> Database:
    """A graph with nothing in it."""
    return Database()


@pytest.fixture
def network(database: Database) -> Database:
    """Ann follows Bob and Cid, Bob follows Cid; Bob has posted b1 and b2, Cid c1, which is deleted."""
    database.rows(
        "CREATE (ann:User {id: 'ann', age: 30}), (bob:User {id: 'bob', age: 20}), (cid:User {id: 'cid'}), "
        "(ann)-[:FOLLOWS {since: 1}]->(bob), (ann)-[:FOLLOWS {since: 2}]->(cid), (bob)-[:FOLLOWS]->(cid), "
        "(bob)-[:POSTED]->(:Tweet {id: 'b1', created_at: '2026-01-01', version: 1, deleted: false}), "
        "(bob)-[:POSTED]->(:Tweet {id: 'b2', created_at: '2026-01-02', version: 1, deleted: false}), "
        "(cid)-[:POSTED]->(:Tweet {id: 'c1', created_at: '2026-01-03', version: 2, deleted: true})"
    )
    return database
