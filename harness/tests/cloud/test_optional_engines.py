"""Engines that need a package of their own."""

import pytest

from harness.cloud.engines import optional
from harness.cloud.engines.optional import EngineMissing, Package


@pytest.fixture
def without_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = {"search": (Package("no_such_module_of_ours", "no-such"),), "graph": ()}
    monkeypatch.setattr(optional, "ENGINES", lacking)


@pytest.mark.usefixtures("without_a_package")
def test_what_an_engine_lacks_is_named() -> None:
    assert optional.available() == {"search": "no-such", "graph": ""}


@pytest.mark.usefixtures("without_a_package")
def test_a_kata_that_needs_a_missing_engine_says_what_to_install() -> None:
    with pytest.raises(EngineMissing) as caught:
        optional.require(["search"], "kata 08")
    assert str(caught.value) == (
        "The engine `search` is not installed, and kata 08 needs it.\n"
        "Expected: the package no-such\n"
        "Got: no no-such for this Python\n"
        "Try: pip install no-such (every other kata works without it)"
    )


@pytest.mark.usefixtures("without_a_package")
def test_an_engine_that_needs_nothing_is_there() -> None:
    optional.require(["graph"], "kata 08")
