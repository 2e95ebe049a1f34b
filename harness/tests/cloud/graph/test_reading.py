"""MATCH, WHERE, WITH, RETURN: cases in the manner of the openCypher technology compatibility kit.

Source: https://s3.amazonaws.com/artifacts.opencypher.org/openCypher9.pdf
"""

from typing import Any

import pytest

from harness.tests.cloud.graph.database import Database

TIMELINE = (
    "MATCH (me:User {id: $me})-[:FOLLOWS]->(author:User)-[:POSTED]->(t:Tweet) WHERE NOT coalesce(t.deleted, false) "
    "RETURN t.id AS tweet_id, author.id AS author_id, t.created_at AS created_at ORDER BY t.created_at DESC LIMIT 20"
)


def ids(rows: list[dict[str, Any]]) -> list[Any]:
    """The only column of rows."""
    return [next(iter(row.values())) for row in rows]


def test_a_timeline_has_the_tweets_of_those_one_follows_newest_first(network: Database) -> None:
    assert network.rows(TIMELINE, me="ann") == [
        {"tweet_id": "b2", "author_id": "bob", "created_at": "2026-01-02"},
        {"tweet_id": "b1", "author_id": "bob", "created_at": "2026-01-01"},
    ]
    assert network.rows(TIMELINE, me="cid") == []


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("(u:User)", ["ann", "bob", "cid"]),
        ("(u:User {id: 'bob'})", ["bob"]),
        ("(u:User {id: 'nobody'})", []),
        ("(u:User)-[:POSTED]->()", ["bob", "bob", "cid"]),
        ("(u)<-[:FOLLOWS]-()", ["bob", "cid", "cid"]),
        ("(u)<-[:FOLLOWS {since: 2}]-()", ["cid"]),
        ("(u:User)-[:FOLLOWS]-(:User {id: 'bob'})", ["ann", "cid"]),
        ("(u:User)--(:User {id: 'bob'})", ["ann", "cid"]),
        ("(u)-[:FOLLOWS|POSTED]->(:Tweet)", ["bob", "bob", "cid"]),
        ("(:User {id: 'ann'})-[:FOLLOWS]->()-[:FOLLOWS]->(u)", ["cid"]),
        ("(:User {id: 'ann'})-[:FOLLOWS*2]->(u)", ["cid"]),
        ("(:User {id: 'ann'})-[:FOLLOWS*1..2]->(u)", ["bob", "cid", "cid"]),
        ("(:User {id: 'ann'})-[:FOLLOWS*0..1]->(u)", ["ann", "bob", "cid"]),
        ("(:User {id: 'ann'})-[:FOLLOWS*]->(u)", ["bob", "cid", "cid"]),
        ("(u)-[:FOLLOWS*..2]->(:User {id: 'cid'})", ["ann", "ann", "bob"]),
        ("(:User {id: 'cid'})<-[:FOLLOWS*2..]-(u)", ["ann"]),
        ("(u:User:Tweet)", []),
        ("(u:User), (:Tweet {id: 'c1'})", ["ann", "bob", "cid"]),
        ("(u:User {id: 'ann'})-[:FOLLOWS]->(x), (x)-[:FOLLOWS]->(y), (u)-[:FOLLOWS]->(y)", ["ann"]),
    ],
)
def test_a_pattern_finds_its_matches(network: Database, pattern: str, found: list[str]) -> None:
    assert sorted(ids(network.rows(f"MATCH {pattern} RETURN u.id"))) == found


def test_no_relationship_is_used_twice_in_one_match(network: Database) -> None:
    apart = "MATCH (a {id: 'ann'})-[r:FOLLOWS]->(b), (c)<-[s:FOLLOWS]-(a) RETURN b.id, c.id"
    assert sorted(map(tuple, (row.values() for row in network.rows(apart)))) == [("bob", "cid"), ("cid", "bob")]
    assert network.rows("MATCH (a {id: 'ann'})-[r]->(b) MATCH (a)-[r]->(c) RETURN count(*) AS n") == [{"n": 2}]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("u.age > 20", ["ann"]),
        ("u.age >= 20 AND u.age <= 30", ["ann", "bob"]),
        ("20 <= u.age < 30", ["bob"]),
        ("u.age <> 20", ["ann"]),
        ("NOT u.age = 20", ["ann"]),
        ("u.age IS NULL", ["cid"]),
        ("u.age IS NOT NULL AND u.id <> 'ann'", ["bob"]),
        ("exists(u.age)", ["ann", "bob"]),
        ("u.id IN ['bob', 'cid', 'dan']", ["bob", "cid"]),
        ("u.id IN $ids", ["ann"]),
        ("NOT u.id IN $ids", ["bob", "cid"]),
        ("u.id = 'ann' OR u.age = 20", ["ann", "bob"]),
        ("u.id = 'ann' XOR u.age = 30", []),
        ("u.id STARTS WITH 'a' OR u.id ENDS WITH 'd' OR u.id CONTAINS 'nothing'", ["ann", "cid"]),
        ("(u)-[:FOLLOWS]->()", ["ann", "bob"]),
        ("NOT (u)-[:FOLLOWS]->(:User {id: 'bob'})", ["bob", "cid"]),
        ("exists((u)<-[:FOLLOWS]-())", ["bob", "cid"]),
        ("u:User AND NOT u:Tweet", ["ann", "bob", "cid"]),
        ("id(u) = 'none'", []),
        ("null", []),
    ],
)
def test_a_condition_keeps_what_it_is_true_for(network: Database, condition: str, found: list[str]) -> None:
    assert sorted(ids(network.rows(f"MATCH (u:User) WHERE {condition} RETURN u.id", ids=["ann"]))) == found


def test_an_optional_match_leaves_nulls_where_there_is_nothing(network: Database) -> None:
    query = (
        "MATCH (u:User) OPTIONAL MATCH (u)-[:POSTED]->(t:Tweet) WHERE t.deleted = false "
        "RETURN u.id AS id, count(t) AS tweets ORDER BY id"
    )
    assert [tuple(row.values()) for row in network.rows(query)] == [("ann", 0), ("bob", 2), ("cid", 0)]
    nothing = "OPTIONAL MATCH (n:Nothing)-[r]->(m) RETURN n, r, m.x AS x"
    assert network.rows(nothing) == [{"n": None, "r": None, "x": None}]
    assert network.rows("OPTIONAL MATCH (n:Nothing) MATCH (n)-->(m) RETURN m") == []


def test_with_goes_on_with_what_it_names_and_no_more(network: Database) -> None:
    query = (
        "MATCH (u:User)-[:POSTED]->(t) WITH u, count(t) AS tweets WHERE tweets > 1 "
        "MATCH (u)<-[:FOLLOWS]-(f) RETURN f.id AS id, tweets"
    )
    assert network.rows(query) == [{"id": "ann", "tweets": 2}]
    assert network.refused("MATCH (u)-->(t) WITH u RETURN t").words == "variable `t` not defined"


def test_rows_come_in_the_order_asked_for(network: Database) -> None:
    by_age = "MATCH (u:User) RETURN u.id ORDER BY u.age"
    assert ids(network.rows(by_age)) == ["bob", "ann", "cid"]
    assert ids(network.rows(f"{by_age} DESC")) == ["cid", "ann", "bob"]
    assert ids(network.rows(f"{by_age} SKIP 1 LIMIT 1")) == ["ann"]
    assert ids(network.rows("MATCH (u:User) RETURN u.id AS a ORDER BY u.age + 0 LIMIT $most", most=2)) == ["bob", "ann"]
    two = "MATCH (f:User)-[r:FOLLOWS]->(u) RETURN f.id + u.id AS pair ORDER BY u.id DESC, f.id"
    assert ids(network.rows(two)) == ["anncid", "bobcid", "annbob"]


def test_without_order_by_rows_come_in_no_order_of_creation(database: Database) -> None:
    database.rows("UNWIND range(1, 30) AS n CREATE (:Number {n: n})")
    found = ids(database.rows("MATCH (x:Number) RETURN x.n"))

    assert sorted(found) == list(range(1, 31))
    assert found not in (sorted(found), sorted(found, reverse=True))
    assert found == ids(database.rows("MATCH (x:Number) RETURN x.n"))


def test_aggregates_group_by_the_other_columns(network: Database) -> None:
    query = "MATCH (f:User)-[:FOLLOWS]->(u:User) RETURN u.id AS id, count(*) AS n, collect(f.id) AS by ORDER BY id"
    bob, cid = network.rows(query)
    assert (bob, sorted(cid["by"]), cid["n"]) == ({"id": "bob", "n": 1, "by": ["ann"]}, ["ann", "bob"], 2)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("count(*)", 3),
        ("count(u.age)", 2),
        ("sum(u.age)", 50),
        ("avg(u.age)", 25.0),
        ("min(u.age)", 20),
        ("max(u.id)", "cid"),
        ("count(DISTINCT u.age > 0)", 1),
        ("size(collect(u.age))", 2),
        ("count(*) * 2 + max(u.age)", 36),
    ],
)
def test_an_aggregate_leaves_nulls_out(network: Database, expression: str, value: object) -> None:
    assert ids(network.rows(f"MATCH (u:User) RETURN {expression}")) == [value]


def test_aggregates_of_nothing(database: Database) -> None:
    query = "MATCH (n:No) RETURN count(n) AS c, sum(n.x) AS s, collect(n) AS l, min(n.x) AS m, avg(n.x) AS a"
    assert database.rows(query) == [{"c": 0, "s": 0, "l": [], "m": None, "a": None}]
    assert database.rows("MATCH (n:No) RETURN n.x, count(n)") == []


def test_distinct_takes_null_for_null(network: Database) -> None:
    assert len(network.rows("MATCH (u) RETURN DISTINCT labels(u)")) == 2
    assert network.rows("UNWIND [1, null, 1, null, '1'] AS x RETURN DISTINCT x") == [{"x": 1}, {"x": None}, {"x": "1"}]


def test_unwind_makes_rows_of_a_list(database: Database) -> None:
    assert database.rows("UNWIND $rows AS row RETURN row.id AS id, row.no AS no", rows=[{"id": 1}, {"id": 2}]) == [
        {"id": 1, "no": None},
        {"id": 2, "no": None},
    ]
    assert database.rows("UNWIND [] AS x RETURN x") == []
    assert database.rows("UNWIND null AS x RETURN x") == []


def test_a_whole_node_and_relationship_look_as_neptune_shows_them(network: Database) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-queries.html"""
    (row,) = network.rows("MATCH (a {id: 'ann'})-[r:FOLLOWS]->(b {id: 'bob'}) RETURN a, r, [b.id] AS l")
    assert row["a"] == {
        "~id": row["a"]["~id"],
        "~entityType": "node",
        "~labels": ["User"],
        "~properties": {"id": "ann", "age": 30},
    }
    assert row["r"].keys() == {"~id", "~entityType", "~start", "~end", "~type", "~properties"}
    assert (row["r"]["~start"], row["r"]["~type"], row["l"]) == (row["a"]["~id"], "FOLLOWS", ["bob"])


def test_a_column_is_called_as_it_is_written(network: Database) -> None:
    (row,) = network.rows("MATCH (u:User {id:'ann'}) RETURN u.id, u.age+1, count( * ), u.id AS `the id`")
    assert list(row) == ["u.id", "u.age+1", "count( * )", "the id"]


def test_a_variable_length_relationship_is_a_list(network: Database) -> None:
    query = "MATCH (:User {id: 'ann'})-[r:FOLLOWS*2]->(:User) RETURN size(r) AS n, type(head(r)) AS t"
    assert network.rows(query) == [{"n": 2, "t": "FOLLOWS"}]


def test_comments_and_the_semicolon_mean_nothing(network: Database) -> None:
    assert network.rows("MATCH (u:User) // all of them\n/* and */ RETURN count(u) AS n;") == [{"n": 3}]
