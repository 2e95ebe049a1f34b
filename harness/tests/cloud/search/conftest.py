"""Search domains for tests; nothing here runs where tantivy is missing."""

from collections.abc import Iterator

import pytest

pytest.importorskip("tantivy")
pytest.importorskip("metaphone")

from harness.tests.cloud.search.domain import Domain


@pytest.fixture
def domain() -> Iterator[Domain]:
    """A domain with an index "tweets" and nothing in it."""
    domain = Domain()
    yield domain
    domain.loop.close()
