"""An engine for all tests of a module: opening DuckDB takes longer than a query."""

from pathlib import Path

import pytest

from harness.tests.cloud.athena.tables import Lake

pytest.importorskip("duckdb")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A catalogue with objects, and an engine over both."""
    return Lake(Path(tmp_path_factory.mktemp("athena")) / "duck")
