"""Engines that a kata names in its kata.toml."""

from pathlib import Path

import pytest

from harness.cloud.engines import optional
from harness.cloud.engines.optional import EngineMissing, Package
from harness.judge.kata_file import KataWrong, read_kata
from harness.judge.services import outside_services
from harness.tests.fake_kata import KATA_TOML, write_kata

SEARCHING = KATA_TOML.replace("seeds = [1, 2]\n", 'seeds = [1, 2]\nengines = ["search"]\n')
SEARCHING = SEARCHING.replace('implementation = "lock:Lock"', 'implementation = "lock:Search"')
SERVICE = """\
from harness.cloud.engines.search.service import SearchService


class Search(SearchService):
    def begin(self):
        self.create_index("doors")
"""


def test_a_kata_names_the_engines_it_needs(tmp_path: Path) -> None:
    assert read_kata(write_kata(tmp_path, {"katas/42_doors/kata.toml": SEARCHING})).engines == ("search",)


def test_a_kata_without_engines_needs_none(tmp_path: Path) -> None:
    assert read_kata(write_kata(tmp_path)).engines == ()


@pytest.mark.parametrize(
    ("engines", "happened"),
    [
        ('["serch"]', "`engines` names an engine that is not there."),
        ('"search"', "`engines` is not a list of texts."),
    ],
)
def test_an_engine_that_is_not_there_is_refused(tmp_path: Path, engines: str, happened: str) -> None:
    toml = SEARCHING.replace('["search"]', engines)
    with pytest.raises(KataWrong) as caught:
        read_kata(write_kata(tmp_path, {"katas/42_doors/kata.toml": toml}))
    assert (caught.value.happened, caught.value.line) == (happened, 6)


def test_a_search_domain_is_a_service_like_any_other(tmp_path: Path) -> None:
    pytest.importorskip("tantivy")
    files = {"katas/42_doors/kata.toml": SEARCHING, "katas/42_doors/services/lock.py": SERVICE}
    (spec,) = outside_services(read_kata(write_kata(tmp_path, files)))
    assert (spec.name, spec.parameter, spec.implementation.__name__) == ("lock", "LockUrl", "Search")


def test_a_service_is_reached_at_its_address_too(tmp_path: Path) -> None:
    pytest.importorskip("tantivy")
    toml = SEARCHING.replace('"lock:Search"\n', '"lock:Search"\naddress = "10.0.0.17"\n')
    files = {"katas/42_doors/kata.toml": toml, "katas/42_doors/services/lock.py": SERVICE}

    (spec,) = outside_services(read_kata(write_kata(tmp_path, files)))

    assert spec.address == "10.0.0.17"


def test_a_missing_engine_is_told_before_anything_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optional, "ENGINES", {"search": (Package("no_such_module_of_ours", "no-such"),)})
    kata = read_kata(write_kata(tmp_path, {"katas/42_doors/kata.toml": SEARCHING}))
    with pytest.raises(EngineMissing, match="The engine `search` is not installed, and kata 42 needs it."):
        outside_services(kata)
