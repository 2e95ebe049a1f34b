"""Queries that are refused: no openCypher, no meaning, not simulated, or too much work."""

import pytest

from harness.cloud.engines.graph.errors import PartMissing
from harness.tests.cloud.graph.database import Database


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "the query is empty"),
        ("SELECT 1", "expected a clause, got 'SELECT' (offset 0)"),
        ("MATCH (n RETURN n", "expected ')', got 'RETURN' (offset 9)"),
        ("MATCH (n) RETURN", "expected an expression, got the end of the query (offset 16)"),
        ("RETURN 'open", 'invalid input "\'" (offset 7)'),
        ("RETURN 1 RETURN 2", "RETURN must be the last clause"),
        ("MATCH (n)", "a query cannot end with MATCH, UNWIND or WITH: it returns nothing and changes nothing"),
        ("CREATE (n) MATCH (m) RETURN m", "WITH is required between a clause that writes and one that reads"),
        ("MATCH (n) WITH n.x RETURN 1", "an expression in WITH needs an alias: n.x AS ..."),
        ("RETURN 1 AS a, 2 AS a", "two columns have the same name"),
        ("RETURN CASE 1 END", "expected WHEN, got 'END' (offset 14)"),
        ("MERGE (n) ON DELETE SET n.x = 1", "expected CREATE or MATCH, got 'DELETE' (offset 13)"),
        ("MATCH (a)-[*3..1]->(b) RETURN a", "a path cannot have at least 3 and at most 1 edges"),
        ("RETURN sum(*)", "only count takes *, not sum"),
    ],
)
def test_what_is_no_opencypher_is_told_with_its_place(database: Database, query: str, words: str) -> None:
    error = database.refused(query)
    assert (error.code, error.status, error.words) == ("MalformedQueryException", 400, words)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("MATCH (n) RETURN m", "variable `m` not defined"),
        ("MATCH (n) WHERE m.x = 1 RETURN n", "variable `m` not defined"),
        ("MATCH (n) WHERE (n)-->(m) RETURN n", "variable `m` not defined: a condition binds nothing"),
        ("MATCH (n) SET m.x = 1", "variable `m` not defined"),
        ("MATCH (n) WHERE count(n) > 1 RETURN n", "an aggregate can stand in WITH and RETURN only"),
        ("MATCH (n) RETURN sum(count(n))", "an aggregate inside an aggregate"),
        ("MATCH (n) RETURN n.x + count(n)", "`n` beside an aggregate must be a column of its own"),
        (
            "MATCH (n) RETURN n.x AS x ORDER BY count(n)",
            "ORDER BY an aggregate needs the same aggregate among the columns",
        ),
        ("MATCH (n) RETURN DISTINCT n.x AS x ORDER BY n.y", "variable `n` not defined"),
        ("MATCH (n) UNWIND [1] AS n RETURN n", "variable `n` is already defined"),
        ("MATCH (n) CREATE (n:Label)", "variable `n` is already defined, CREATE cannot make it anew"),
        ("MATCH (n) CREATE (n)", "variable `n` is already defined, CREATE cannot make it anew"),
        ("CREATE (a)-[:R|S]->(b)", "CREATE needs exactly one type for a relationship"),
        ("CREATE (a)-[:R]-(b)", "CREATE needs a direction for a relationship"),
        ("MERGE (a)-[:R*2]->(b)", "MERGE cannot make a relationship of variable length"),
        ("MATCH (a)-[r]->()-[r]->() RETURN a", "one variable cannot stand for two relationships of a pattern"),
        ("MATCH (n) RETURN n LIMIT n.x", "variable `n` not defined"),
        ("RETURN 1 AS x LIMIT -1", "LIMIT takes a whole number, 0 or more"),
        ("RETURN 1 AS x SKIP 'a'", "SKIP takes a whole number, 0 or more"),
        ("RETURN *", "* needs a variable"),
    ],
)
def test_what_has_no_meaning_is_refused_on_an_empty_graph_too(database: Database, query: str, words: str) -> None:
    error = database.refused(query)
    assert (error.code, error.words) == ("MalformedQueryException", words)


def test_a_parameter_that_was_not_given_is_missed(database: Database) -> None:
    error = database.refused("MATCH (n {id: $id}) RETURN n")
    assert (error.code, error.words) == ("MissingParameterException", "the query needs a parameter $id")


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("MATCH p = (a)-->(b) RETURN p", "A named path"),
        ("MATCH (a) RETURN a {.id}", "A map projection"),
        ("RETURN [x IN [1] WHERE x > 0]", "A list comprehension"),
        ("MATCH (a) RETURN 1 UNION MATCH (a) RETURN 1", "UNION"),
        ("CALL db.labels()", "CALL"),
        ("FOREACH (x IN [1] | CREATE (n))", "FOREACH"),
        ("RETURN all(x IN [1] WHERE x > 0)", "all(... IN ...)"),
        ("RETURN 2 ^ 3", "The operator ^"),
        ("RETURN [1, 2][0..1]", "A slice of a list"),
        ("MATCH (a), (b), shortestPath((a)-[*]->(b)) RETURN a", "shortestPath in a pattern"),
        ("MATCH (a:B|C) RETURN a", "A choice of labels"),
        ("RETURN datetime()", "The function datetime()"),
        ("MATCH (a) WHERE EXISTS { (a)-->() } RETURN a", "EXISTS { ... }"),
    ],
)
def test_what_is_not_simulated_is_named(database: Database, query: str, what: str) -> None:
    error = database.refused(query)
    assert isinstance(error, PartMissing)
    assert error.words == f"{what} is not simulated (see the kata's README)"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("MATCH (a), (b), (c), (d), (e) RETURN a.n + b.n", "MemoryLimitExceededException"),
        ("MATCH (a), (b), (c), (d), (e) WHERE a.n > 1000 RETURN a", "TimeLimitExceededException"),
        ("MATCH (a)-[*]-(b) WHERE a.n > 1000 RETURN a", "TimeLimitExceededException"),
        ("UNWIND range(1, 1000000000) AS n RETURN n", "MemoryLimitExceededException"),
        ("UNWIND range(1, 1000) AS a UNWIND range(1, 1000) AS b RETURN a", "MemoryLimitExceededException"),
        (f"WITH 'aaaaaaaaaa' AS s {'WITH s + s AS s ' * 40} RETURN s", "MemoryLimitExceededException"),
        ("WITH 'aaaaaaaaaa' AS s " + "WITH replace(s, 'a', s) AS s " * 9 + "RETURN s", "MemoryLimitExceededException"),
        (f"WITH [1] AS l {'WITH l + l AS l ' * 40} RETURN l", "TimeLimitExceededException"),
    ],
)
def test_a_query_that_does_too_much_is_given_up(database: Database, query: str, code: str) -> None:
    """https://docs.aws.amazon.com/neptune/latest/userguide/errors-engine-codes.html"""
    database.rows("UNWIND range(1, 40) AS n CREATE (:N {n: n})")
    database.rows("MATCH (a:N), (b:N) WHERE a.n < b.n AND b.n < 15 CREATE (a)-[:R]->(b)")
    error = database.refused(query)
    assert (error.code, error.status) == (code, 500)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (f"RETURN {'(' * 5000}1{')' * 5000}", "the query is nested too deeply"),
        (f"RETURN {'[' * 5000}1{']' * 5000}", "the query is nested too deeply"),
        (f"RETURN {'NOT ' * 9000}true", "the query is nested too deeply"),
        (f"MATCH {'({a: ' * 3000}1{'})' * 3000} RETURN 1", "the query is nested too deeply"),
        (f"RETURN {'- ' * 15000}1", "the query is nested too deeply"),
        (f"RETURN 1{' + 1' * 9000}", "the query is nested too deeply"),
        ("RETURN " + "1," * 600_000, "the query is longer than 1000000 characters; pass values as parameters"),
        ("RETURN " + "1," * 60_000, "the query has more than 20000 words and signs; pass values as parameters"),
    ],
)
def test_a_query_built_to_break_the_parser_is_malformed(database: Database, query: str, words: str) -> None:
    database.rows("CREATE (a:N)-[:R]->(b:N), (b)-[:R]->(a)")
    assert database.refused(query).words == words
