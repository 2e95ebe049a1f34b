"""What the doctor says of engines."""

from pathlib import Path

import pytest

from harness import paths
from harness.cloud.engines import optional
from harness.cloud.engines.optional import Package
from harness.learner.doctor import Check, examine


def engines() -> dict[str, Check]:
    return {check.name: check for check in examine() if check.name.startswith("engine: ")}


def test_a_missing_engine_costs_the_katas_that_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {
        "07_queue": 'engines = ["search"]',
        "08_reads": 'engines = ["search"]',
        "09_x": "= no TOML",
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "kata.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(paths, "katas", lambda: tmp_path)
    monkeypatch.setattr(optional, "ENGINES", {"search": (Package("no_such_module_of_ours", "no-such"),), "graph": ()})
    search, graph = engines()["engine: search"], engines()["engine: graph"]

    assert (search.works, search.needed) == (False, False)
    assert (search.lost, search.remedy) == ("no kata 07, 08", "pip install no-such")
    assert (graph.works, graph.lost) == (True, "")
