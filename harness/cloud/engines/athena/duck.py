"""DuckDB, shut in: memory and one folder, no network, no extensions, no settings, one thread, a time limit.

A learner writes the data and the queries. Only a query that `sql/` has taken apart and
written again is run; what is set here holds even if something passed that.

Source: https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
"""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from harness.cloud.engines.athena.address_space import address_space_limited
from harness.cloud.engines.athena.query_errors import QueryError, exhausted
from harness.cloud.engines.athena.sql.functions import MACRO_PREFIX, MACROS
from harness.cloud.engines.optional import require

if TYPE_CHECKING:
    import duckdb

MEMORY = "256MB"
SECONDS = 10.0
"""Real seconds a statement may take: far above any honest one, and it ends a query that joins everything."""

HEADROOM_BYTES = 640 * 1024 * 1024
"""What a statement may allocate beside `MEMORY`: DuckDB does not count the texts that a function makes."""

ROWS = 100_000
"""Rows of a result at most."""

SCHEMA = "kata"
"""Where the views are that stand for tables."""

_SETTINGS = (
    "SET TimeZone = 'UTC'",
    "SET allow_community_extensions = false",
    "SET temp_directory = ''",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)

T = TypeVar("T")


class Duck:
    """One database in memory, opened by the first query.

    Attributes:
        folder: the only one that it can read.
        generation: counts the databases: a new one knows no view of the one before.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._macros: set[str] = set()
        self.generation = 0

    @property
    def connection(self) -> "duckdb.DuckDBPyConnection":
        """The connection. Raises EngineMissing if the package is not installed."""
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def parse(self, query: str) -> dict[str, Any]:
        """What DuckDB's parser makes of a text: {"error": ..., "statements": [...]}."""
        found = self.connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchone()
        assert found is not None
        parsed: dict[str, Any] = json.loads(found[0])
        return parsed

    def written(self, tree: dict[str, Any]) -> str:
        """The text of what was parsed."""
        found = self.connection.execute("SELECT json_deserialize_sql(?::JSON)", [json.dumps(tree)]).fetchone()
        assert found is not None
        return str(found[0])

    def define(self, functions: set[str]) -> None:
        """Makes the macros there that a query uses."""
        for function in sorted(functions - self._macros):
            name = function.removeprefix(MACRO_PREFIX)
            if function.startswith(MACRO_PREFIX) and name in MACROS:
                self.connection.execute(f"CREATE MACRO {function}{MACROS[name]}")
                self._macros.add(function)

    def do(self, statement: str) -> None:
        """Carries out a statement of ours."""
        self.connection.execute(statement)

    def all(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement of ours."""
        return self.connection.execute(statement).fetchall()

    def run(self, query: str, seed: float | None) -> tuple[list[tuple[str, str]], list[tuple[Any, ...]]]:
        """Runs a query.

        Args:
            seed: from -1 to 1, for random(); None: the query asks for no chance.

        Returns:
            names and types of the columns, and the rows.

        Raises:
            duckdb.Error: DuckDB does not take it.
            QueryError: it takes too long, or gives too much.
        """
        if seed is not None:
            self.do(f"SELECT setseed({seed!r})")
        return self._limited(lambda: self._fetched(query))

    def limited(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement made from a learner's query, within the time limit."""
        return self._limited(lambda: self.all(statement))

    def _fetched(self, query: str) -> tuple[list[tuple[str, str]], list[tuple[Any, ...]]]:
        result = self.connection.execute(query)
        columns = [(str(column[0]), str(column[1])) for column in result.description]
        rows = result.fetchmany(ROWS + 1)
        if len(rows) > ROWS:
            raise exhausted()
        return columns, rows

    def _limited(self, work: Callable[[], T]) -> T:
        import duckdb

        watchdog = threading.Timer(SECONDS, self.connection.interrupt)
        watchdog.daemon = True
        watchdog.start()
        try:
            with address_space_limited(HEADROOM_BYTES):
                return work()
        except (duckdb.InterruptException, duckdb.OutOfMemoryException, MemoryError):
            raise exhausted() from None
        except duckdb.FatalException as error:
            self._forget()
            raise QueryError("GENERIC_INTERNAL_ERROR", str(error).partition("\n")[0]) from None
        finally:
            watchdog.cancel()

    def _forget(self) -> None:
        """A query broke the database: the next one gets a new one."""
        self._connection = None
        self._macros.clear()
        self.generation += 1

    def _open(self) -> "duckdb.DuckDBPyConnection":
        require(("athena",), "a query on Athena")
        import duckdb

        self.folder.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(
            ":memory:",
            config={
                "threads": "1",
                "memory_limit": MEMORY,
                "integer_division": "true",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            },
        )
        connection.execute(f"SET allowed_directories = [{quoted(f'{self.folder}/')}]")
        for setting in (*_SETTINGS, f"CREATE SCHEMA {SCHEMA}"):
            connection.execute(setting)
        return connection


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
