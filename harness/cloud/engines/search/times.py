"""Time units as OpenSearch writes them: "1s", "500ms", "1m", "-1".

Source: https://docs.opensearch.org/latest/api-reference/units/
"""

import re

from harness.cloud.engines.search.errors import illegal

_UNITS_US = {"nanos": 0.001, "micros": 1, "ms": 1000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000}
_UNITS_US["d"] = 24 * _UNITS_US["h"]
_TIME = re.compile(r"(\d+(?:\.\d+)?)(nanos|micros|ms|s|m|h|d)")

NEVER_US = -1
"""What "-1" means where a time may be switched off."""


def time_us(value: object, setting: str) -> int:
    """A time value in virtual microseconds; `NEVER_US` for -1.

    Args:
        value: as it was given; only 0 and -1 go without a unit.
        setting: what it belongs to, for the error.

    Raises:
        SearchError: it is no time value.
    """
    text = str(value).strip().lower()
    if text in ("-1", "0"):
        return int(text)
    found = _TIME.fullmatch(text)
    if found is None:
        raise illegal(
            f"failed to parse setting [{setting}] with value [{value}] as a time value: unit is missing or unrecognized"
        )
    return round(float(found[1]) * _UNITS_US[found[2]])
