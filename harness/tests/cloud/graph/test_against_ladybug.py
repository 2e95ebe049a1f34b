"""The same stories told to an embedded graph engine that nobody here wrote: the answers agree.

Ladybug is a graph database with its own implementation of Cypher. It has no dynamic labels and
properties, so its tables are declared first, and it takes rows of an UNWIND one by one.
"""

import random
from typing import Any

import pytest

from harness.tests.cloud.graph.database import Database

ladybug = pytest.importorskip("real_ladybug")

TABLES = [
    "CREATE NODE TABLE User(serial SERIAL PRIMARY KEY, id STRING)",
    "CREATE NODE TABLE Tweet(serial SERIAL PRIMARY KEY, id STRING, author_id STRING, created_at STRING, "
    "version INT64, deleted BOOLEAN)",
    "CREATE REL TABLE FOLLOWS(FROM User TO User)",
    "CREATE REL TABLE POSTED(FROM User TO Tweet)",
]
WRITE = (
    "MERGE (t:Tweet {id: $id}) ON CREATE SET t.author_id = $author, t.created_at = $at, t.version = $version, "
    "t.deleted = $deleted ON MATCH SET t.deleted = CASE WHEN t.version < $version THEN $deleted ELSE t.deleted END, "
    "t.version = CASE WHEN t.version < $version THEN $version ELSE t.version END"
)
CONNECT = "MATCH (u:User {id: $author}), (t:Tweet {id: $id}) MERGE (u)-[:POSTED]->(t)"
READS = [
    "MATCH (me:User {id: $me})-[:FOLLOWS]->(a:User)-[:POSTED]->(t:Tweet) WHERE NOT coalesce(t.deleted, false) "
    "RETURN t.id AS id, a.id AS author, t.created_at AS at ORDER BY t.created_at DESC, t.id LIMIT 7",
    "MATCH (u:User) OPTIONAL MATCH (u)-[:POSTED]->(t:Tweet) WHERE t.version >= 2 "
    "RETURN u.id AS id, count(t) AS n, max(t.version) AS s, min(t.created_at) AS m ORDER BY n DESC, id",
    "MATCH (u:User)-[:POSTED]->(t:Tweet) WITH u, count(t) AS n WHERE n > 1 RETURN u.id AS id, n ORDER BY id",
    "MATCH (t:Tweet) WHERE t.id IN ['t1', 't2', 't9'] OR t.deleted = true "
    "RETURN t.id AS id, t.version AS v ORDER BY id",
    "MATCH (a:User)-[:FOLLOWS]->(b:User)-[:FOLLOWS]->(c:User) WHERE a.id <> c.id "
    "RETURN DISTINCT a.id AS a, c.id AS c ORDER BY a, c SKIP 2 LIMIT 9",
    "MATCH (t:Tweet) WHERE t.version IS NULL OR NOT (t.version > 1 AND t.deleted = false) RETURN count(*) AS n",
    "MATCH (t:Tweet) RETURN t.id AS id, CASE WHEN t.version = 1 THEN 'new' ELSE 'old' END AS age ORDER BY id",
]


class Ladybug:
    """The other engine."""

    def __init__(self) -> None:
        self._connection = ladybug.Connection(ladybug.Database(":memory:", buffer_pool_size=64 * 2**20))
        for table in TABLES:
            self._connection.execute(table)

    def rows(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """What a query answers."""
        used = {name: value for name, value in parameters.items() if f"${name}" in text}
        result = self._connection.execute(text, used)
        names = result.get_column_names()
        found = []
        while result.has_next():
            found.append(dict(zip(names, result.get_next(), strict=True)))
        return found


def story(engine: Database | Ladybug, seed: int) -> list[Any]:
    """The same writes, drawn from the seed, and after some of them the reads."""
    chance = random.Random(seed)
    answers: list[Any] = []
    users = [f"u{number}" for number in range(6)]
    for user in users:
        engine.rows("CREATE (u:User {id: $id})", id=user)
    for _ in range(9):
        pair = dict(zip(("a", "b"), chance.sample(users, 2), strict=True))
        engine.rows("MATCH (a:User {id: $a}), (b:User {id: $b}) MERGE (a)-[:FOLLOWS]->(b)", **pair)
    for number in range(40):
        tweet = f"t{chance.randrange(15)}"
        author = users[int(tweet[1:]) % 6]
        if chance.random() < 0.1:
            engine.rows("MATCH (t:Tweet {id: $id}) DETACH DELETE t", id=tweet)
            continue
        facts = {"id": tweet, "author": author, "at": f"2026-01-{chance.randrange(1, 9):02d}"}
        engine.rows(WRITE, **facts, version=chance.randrange(1, 5), deleted=chance.random() < 0.3)
        engine.rows(CONNECT, id=tweet, author=author)
        if number % 13 == 12:
            answers += [engine.rows(read, **({"me": users[number % 6]} if "$me" in read else {})) for read in READS]
    return answers


@pytest.mark.parametrize("seed", [1, 2])
def test_the_query_forms_of_a_kata_have_the_same_answers(database: Database, seed: int) -> None:
    ours, theirs = story(database, seed), story(Ladybug(), seed)

    assert any(answer for answer in ours)
    assert ours == theirs
