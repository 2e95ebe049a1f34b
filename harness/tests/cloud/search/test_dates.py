"""Dates and date math. Source: https://docs.opensearch.org/latest/field-types/supported-field-types/date/"""

import pytest

from harness.cloud.engines.search.errors import PartMissing
from harness.cloud.engines.search.mapping.dates import DateFormat, iso
from harness.cloud.engines.search.mapping.values import BadValue

NOW_MS = 1_772_539_509_250
"""2026-03-03T12:05:09.250Z, a Tuesday."""


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01T10:20:30.123Z", "2026-03-01T10:20:30.123Z"),
        ("2026-03-01T10:20:30.123456+02:00", "2026-03-01T08:20:30.123Z"),
        ("2026-03-01T10:20", "2026-03-01T10:20:00.000Z"),
        ("2026-03-01", "2026-03-01T00:00:00.000Z"),
        ("2026", "2026-01-01T00:00:00.000Z"),
        ("86400000", "1970-01-02T00:00:00.000Z"),
    ],
)
def test_the_default_format(text: str, instant: str) -> None:
    assert iso(DateFormat().parse(text)) == instant


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "2026-02-30", "01/03/2026", "", "2026-03-01 10:20:30", True])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="failed to parse date field"):
        DateFormat().parse(text)


def test_other_formats() -> None:
    assert (
        iso(DateFormat("yyyy-MM-dd HH:mm:ss||epoch_second").parse("2026-03-01 10:20:30")) == "2026-03-01T10:20:30.000Z"
    )
    assert iso(DateFormat("epoch_second").parse(60)) == "1970-01-01T00:01:00.000Z"
    assert iso(DateFormat("basic_date").parse("20260301")) == "2026-03-01T00:00:00.000Z"
    assert iso(DateFormat("yyyy/MM/dd'T'HH").parse("2026/03/01T07")) == "2026-03-01T07:00:00.000Z"
    with pytest.raises(PartMissing, match="date format"):
        DateFormat("EEE dd")


@pytest.mark.parametrize(
    ("text", "down", "up"),
    [
        ("now", "2026-03-03T12:05:09.250Z", "2026-03-03T12:05:09.250Z"),
        ("now-1h", "2026-03-03T11:05:09.250Z", "2026-03-03T11:05:09.250Z"),
        ("now/d", "2026-03-03T00:00:00.000Z", "2026-03-03T23:59:59.999Z"),
        ("now-1M/M", "2026-02-01T00:00:00.000Z", "2026-02-28T23:59:59.999Z"),
        ("now/w", "2026-03-02T00:00:00.000Z", "2026-03-08T23:59:59.999Z"),
        ("now+1y/y", "2027-01-01T00:00:00.000Z", "2027-12-31T23:59:59.999Z"),
        ("2026-01-31||+1M", "2026-02-28T00:00:00.000Z", "2026-02-28T00:00:00.000Z"),
        ("2026-03-01", "2026-03-01T00:00:00.000Z", "2026-03-01T23:59:59.999Z"),
    ],
)
def test_date_math_rounds_down_or_up(text: str, down: str, up: str) -> None:
    assert iso(DateFormat().resolve(text, NOW_MS, round_up=False)) == down
    assert iso(DateFormat().resolve(text, NOW_MS, round_up=True)) == up


@pytest.mark.parametrize("text", ["now+", "now-1x", "now-1d/", "now 1d", "now-99999999y"])
def test_date_math_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="failed to parse date field"):
        DateFormat().resolve(text, NOW_MS, round_up=False)
