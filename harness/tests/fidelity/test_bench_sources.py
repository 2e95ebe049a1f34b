"""The apps of `make bench`: each source hands every event over, once."""

import pytest

from harness.bench_sources import HANDLERS, SOURCES, measure
from harness.tests.fidelity.conftest import Deploy


@pytest.mark.parametrize("name", list(SOURCES))
def test_every_event_of_a_source_is_measured(deploy: Deploy, name: str) -> None:
    app = deploy(SOURCES[name].template, {"src/app.py": HANDLERS})

    measured = app.run(measure(app.world, SOURCES[name], 10))

    assert set(measured) == {"seconds", "cpu_s"}
    assert all(seconds > 0 for seconds in measured.values())
