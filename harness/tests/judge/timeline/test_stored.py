"""What was stored under a version is read under it for ever."""

from pathlib import Path

import msgspec

from harness.judge.timeline import Timeline

STORED = Path(__file__).parent / "timeline-1.json"


def test_a_stored_timeline_of_version_1_is_still_read() -> None:
    timeline = msgspec.json.decode(STORED.read_bytes(), type=Timeline)

    assert timeline.schema == "serverless-katas/timeline/1"
    assert [lane.name for lane in timeline.lanes] == ["client", "Queue It rains.", "Work"]
    assert [event.id for event in timeline.events if event.told] == [2, 7]
    assert timeline.lanes[1].level == ((1, 1), (9, 0))
