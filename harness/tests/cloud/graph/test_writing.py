"""CREATE, MERGE, SET, REMOVE, DELETE, and what becomes of a query that fails half-way.

Sources: https://s3.amazonaws.com/artifacts.opencypher.org/openCypher9.pdf
https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-exceptions.html
"""

import pytest

from harness.tests.cloud.graph.database import Database

UPSERT = (
    "MERGE (u:User {id: $author}) MERGE (t:Tweet {id: $id}) "
    "ON CREATE SET t.version = $version, t.deleted = $deleted "
    "ON MATCH SET t.deleted = CASE WHEN t.version < $version THEN $deleted ELSE t.deleted END, "
    "t.version = CASE WHEN t.version < $version THEN $version ELSE t.version END "
    "MERGE (u)-[:POSTED]->(t) RETURN t.version AS version, t.deleted AS deleted"
)


def test_an_upsert_with_a_version_lets_the_older_write_lose(database: Database) -> None:
    assert database.rows(UPSERT, author="ann", id="t", version=2, deleted=True) == [{"version": 2, "deleted": True}]
    assert database.rows(UPSERT, author="ann", id="t", version=1, deleted=False) == [{"version": 2, "deleted": True}]
    assert database.rows(UPSERT, author="ann", id="t", version=3, deleted=False) == [{"version": 3, "deleted": False}]
    assert (len(database.graph.nodes()), len(database.graph.edges("POSTED"))) == (2, 1)


def test_two_creates_make_two_nodes_because_id_is_an_ordinary_property(database: Database) -> None:
    database.rows("CREATE (:User {id: 'ann'})")
    database.rows("CREATE (:User {id: 'ann'})")
    assert len(database.graph.nodes("User", id="ann")) == 2


def test_a_node_without_a_label_gets_neptunes_own(database: Database) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-exceptions.html"""
    database.rows("CREATE ({id: 1})")
    (node,) = database.graph.nodes()
    assert node.labels == ("vertex",)


def test_an_id_of_ones_own_can_be_given_once(database: Database) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-extensions.html"""
    database.rows("CREATE (:User {`~id`: 'ann', name: 'Ann'})")
    assert database.rows("MATCH (u {`~id`: 'ann'}) RETURN u.name, id(u) AS id, u.`~id` AS same") == [
        {"u.name": "Ann", "id": "ann", "same": "ann"}
    ]
    assert database.rows("MATCH (u) WHERE id(u) = 'ann' RETURN count(u) AS n") == [{"n": 1}]
    assert database.refused("CREATE (:User {`~id`: 'ann'})").code == "ConstraintViolationException"
    assert database.refused("MATCH (u:User) SET u.`~id` = 'bob'").code == "MalformedQueryException"
    database.rows("MERGE (:User {`~id`: 'ann'})")
    assert len(database.graph.nodes()) == 1


def test_create_makes_a_chain_in_the_directions_of_its_arrows(database: Database) -> None:
    database.rows("CREATE (a {n: 1})<-[:R {x: 1}]-(b {n: 2})-[:S]->({n: 3})")
    found = {(edge.start.properties["n"], edge.type, edge.end.properties["n"]) for edge in database.graph.edges()}
    assert found == {(2, "R", 1), (2, "S", 3)}


def test_merge_finds_or_makes_the_whole_pattern(network: Database) -> None:
    merge = "MATCH (a:User {id: $a}), (b:User {id: $b}) MERGE (a)-[r:FOLLOWS]->(b) ON CREATE SET r.new = true RETURN r"
    (found,) = network.rows(merge, a="ann", b="bob")
    assert found["r"]["~properties"] == {"since": 1}
    (made,) = network.rows(merge, a="cid", b="ann")
    assert made["r"]["~properties"] == {"new": True}
    assert len(network.graph.edges("FOLLOWS")) == 4


def test_merge_of_two_nodes_in_one_pattern_makes_both_anew_unless_the_whole_is_there(network: Database) -> None:
    network.rows("MERGE (:User {id: 'ann'})-[:BLOCKS]->(:User {id: 'bob'})")
    assert len(network.graph.nodes("User", id="ann")) == 2


def test_merge_without_a_direction_takes_either(network: Database) -> None:
    network.rows("MATCH (a:User {id: 'ann'}), (b:User {id: 'bob'}) MERGE (b)-[:FOLLOWS]-(a)")
    assert len(network.graph.edges("FOLLOWS")) == 3


def test_each_row_of_a_merge_sees_what_the_rows_before_it_made(database: Database) -> None:
    rows = [{"id": "a"}, {"id": "b"}, {"id": "a"}]
    database.rows("UNWIND $rows AS row MERGE (n:N {id: row.id}) SET n.seen = coalesce(n.seen, 0) + 1", rows=rows)
    assert sorted((node.properties["id"], node.properties["seen"]) for node in database.graph.nodes()) == [
        ("a", 2),
        ("b", 1),
    ]


def test_unwind_with_match_and_merge_connects_row_by_row(network: Database) -> None:
    rows = [{"author": "ann", "id": f"a{number}"} for number in range(3)] + [{"author": "nobody", "id": "x"}]
    network.rows(
        "UNWIND $rows AS row MATCH (u:User {id: row.author}) MERGE (t:Tweet {id: row.id}) "
        "MERGE (u)-[:POSTED]->(t) SET t.deleted = false",
        rows=rows,
    )
    assert network.rows("MATCH (:User {id: 'ann'})-[:POSTED]->(t) RETURN count(t) AS n") == [{"n": 3}]
    assert network.graph.nodes("Tweet", id="x") == []


def test_set_changes_properties_and_null_removes_them(network: Database) -> None:
    network.rows("MATCH (u:User {id: 'ann'}) SET u.age = u.age + 1, u.name = $name, u.gone = null", name="Ann")
    assert network.graph.nodes("User", id="ann")[0].properties == {"id": "ann", "age": 31, "name": "Ann"}
    network.rows("MATCH (u:User {id: 'ann'}) SET u += {age: null, city: 'Rome'}")
    assert network.graph.nodes("User", id="ann")[0].properties == {"id": "ann", "name": "Ann", "city": "Rome"}
    network.rows("MATCH (u:User {id: 'ann'}) SET u = $new", new={"id": "ann2"})
    assert network.graph.nodes("User", id="ann2")[0].properties == {"id": "ann2"}
    network.rows("OPTIONAL MATCH (n:Nothing) SET n.x = 1")


def test_the_index_follows_every_change(network: Database) -> None:
    count = "MATCH (u:User {age: $age}) RETURN count(u) AS n"
    network.rows("MATCH (u:User {id: 'ann'}) SET u.age = 40")
    assert (network.rows(count, age=30), network.rows(count, age=40.0)) == ([{"n": 0}], [{"n": 1}])
    network.rows("MATCH (u:User {id: 'ann'}) REMOVE u.age")
    assert network.rows(count, age=40) == [{"n": 0}]
    network.rows("MATCH (u:User {id: 'ann'}) SET u:Admin")
    assert network.rows("MATCH (u:Admin:User) RETURN u.id") == [{"u.id": "ann"}]
    network.rows("MATCH (u:Admin) REMOVE u:User")
    assert len(network.graph.nodes("User")) == 2
    assert network.refused("MATCH (u:Admin) REMOVE u:Admin").words.startswith("Invalid operation: attempting to remove")


def test_a_node_with_relationships_is_deleted_only_with_them(network: Database) -> None:
    error = network.refused("MATCH (u:User {id: 'bob'}) DELETE u")
    assert (error.status, error.words[:53]) == (400, "Cannot delete node, because it still has relationship")
    network.rows("MATCH (u:User {id: 'bob'}) DETACH DELETE u")
    assert ([node.id for node in network.graph.nodes("User", id="bob")], len(network.graph.edges())) == ([], 2)
    network.rows("MATCH (a:User {id: 'ann'})-[r]->() DELETE r, a")
    assert len(network.graph.nodes("User")) == 1


def test_all_tweets_can_be_removed_at_once(network: Database) -> None:
    network.rows("MATCH (t:Tweet) DETACH DELETE t")
    assert (network.graph.nodes("Tweet"), network.graph.edges("POSTED")) == ([], [])


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (:New) WITH 1 AS x MATCH (u:User) SET u.age = u.id / 0",
        "MATCH (t:Tweet) DETACH DELETE t WITH 1 AS one RETURN one / 0",
        "MATCH (u:User) SET u.x = 1, u:Marked WITH u DELETE u",
        "MATCH (u:User)-[r:FOLLOWS]->() DELETE r WITH u SET u.list = [1]",
        "MATCH (u:User) REMOVE u.age WITH u CREATE (:User {`~id`: id(u)})",
    ],
)
def test_a_query_that_fails_has_done_nothing(network: Database, query: str) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/transactions-neptune.html"""
    before = sorted(network.graph.texts())
    labels = sorted(node.labels for node in network.graph.nodes())

    network.refused(query)

    assert sorted(network.graph.texts()) == before
    assert sorted(node.labels for node in network.graph.nodes()) == labels
    assert network.rows("MATCH (u:User)-[:FOLLOWS]->(:User {id: 'cid'}) RETURN count(u) AS n") == [{"n": 2}]
    assert network.rows("MATCH (u:User {age: 20})-[:POSTED]->(t:Tweet {version: 1}) RETURN count(t) AS n") == [{"n": 2}]


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (:N {list: [1]})",
        "CREATE (:N {map: {a: 1}})",
        "MATCH (u:User) SET u.friend = u",
        "MERGE (:N {id: null})",
        "CREATE (:N {`~id`: 5})",
        "MATCH (u:User {id: 'ann'}) DETACH DELETE u CREATE (u)-[:R]->(:N)",
        "OPTIONAL MATCH (n:Nothing) CREATE (n)-[:R]->(:N)",
        "MATCH (u:User) DELETE u.id",
        "WITH 1 AS n SET n.x = 2",
        "MATCH ()-[r]->() SET r:Label",
        "MATCH (u:User) SET u = 5",
    ],
)
def test_what_cannot_be_written_is_refused(network: Database, query: str) -> None:
    assert network.refused(query).code == "MalformedQueryException"


def test_ids_and_the_order_of_rows_are_a_function_of_the_seed() -> None:
    def story(seed: int) -> list[object]:
        database = Database(seed)
        database.rows("UNWIND range(1, 9) AS n CREATE (:N {n: n})")
        return [row["n"] for row in database.rows("MATCH (n:N) RETURN n")]

    assert story(1) == story(1)
    assert story(1) != story(2)
