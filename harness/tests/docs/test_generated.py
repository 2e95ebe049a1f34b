"""What the generators put on pages, and what stops a build."""

import importlib.util
from types import SimpleNamespace

import measures
import pytest

from harness.event_sources.registry import EVENT_SOURCES
from harness.faults.registry import FAULTS

mkdocs = pytest.importorskip("mkdocs")


@pytest.fixture(scope="module")
def hooks(root):
    spec = importlib.util.spec_from_file_location("hooks", root / "docs" / "hooks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def fill(hooks):
    page = SimpleNamespace(file=SimpleNamespace(src_path="some/page.md"))
    return lambda marker: hooks.on_page_markdown(f"before\n\n<!-- generated: {marker} -->\n\nafter", page=page)


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        ("no-such-generator", "some/page.md.*KeyError"),
        ("test 07 test_that_is_not_there", "StopIteration"),
        ("output no-such-output", "FileNotFoundError"),
    ],
)
def test_a_marker_that_nothing_answers_stops_the_build(fill, marker, words):
    with pytest.raises(mkdocs.exceptions.PluginError, match=words):
        fill(marker)


def test_every_fault_has_a_section_with_its_own_parameters(fill):
    page = fill("faults")

    assert [name for name in FAULTS if f"## {name} {{ #{name} }}" not in page] == []
    assert "| `hold_ms` | `25000` | how long the request is held before the work is done and answered. |" in page


def test_what_grants_permissions_is_said_to_be_enforced(fill):
    page = fill("resource-types")

    rows = dict(line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| [`"))
    enforced = [row.partition("`")[2].partition("`")[0] for row, here in rows.items() if here.startswith("enforced")]
    assert {"AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::SQS::QueuePolicy", "AWS::Lambda::Permission"} <= {
        *enforced
    }
    assert "changes nothing" not in page


def test_every_event_source_has_a_row(fill):
    page = fill("event-sources")

    assert [name for name in EVENT_SOURCES if f"| `{name}` |" not in page] == []


def test_a_test_is_shown_as_it_stands_in_its_file(fill, root):
    page = fill("test 07 test_an_unknown_transaction_is_not_found")
    shown = page.partition("\n```python")[2].partition("\n")[2].partition("\n```")[0]

    file = root / "katas" / "07_queue_load_leveling" / "acceptance" / "test_p1_accepted.py"
    assert shown.startswith("async def test_an_unknown_transaction_is_not_found(")
    assert shown in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("design", [measures.REFERENCE, measures.NAIVE])
def test_the_measured_burst_can_be_measured_again(design):
    again = ".venv/bin/python docs/_generate/measures.py, and look at the difference"

    assert measures.measure(design) == measures.stored()[design], again


def test_the_page_says_of_the_burst_what_was_measured():
    stored = measures.stored()
    two, four, eight = (stored[f"{workers} workers, batch 1"] for workers in (2, 4, 8))
    naive, lane = stored[measures.NAIVE], stored["one lane (FIFO)"]

    assert max(one.door_p95_ms for one in stored.values()) <= 30, "95 % of the posts were answered within 30 ms"
    assert round(two.drained_s / four.drained_s) == 2, "Four are twice as fast as two"
    assert eight.drained_s > two.drained_s, "Eight are slower than two"
    assert round(eight.paid_s / two.paid_s) == 8, "you pay eight times as long"
    assert round(lane.drained_s / two.drained_s) == 2, "It takes twice as long"
    assert lane.aws_calls == two.aws_calls, "It makes as many calls"
    pairs = zip(naive.series, two.series, strict=False)
    ahead_s = [number * measures.SAMPLE_MS / 1000 for number, (one, other) in enumerate(pairs) if one[0] < other[0]]
    assert 1 <= max(ahead_s) <= 2, "ahead for a second or two, and never again"
