"""Places on the earth, in the forms a `geo_point` takes. A geohash is not read.

Source: https://docs.opensearch.org/latest/field-types/supported-field-types/geo-point/
"""

import re
from typing import Any

from harness.cloud.engines.search.mapping.values import BadValue

_WKT = re.compile(r"POINT\s*\(\s*(\S+)\s+(\S+)\s*\)", re.IGNORECASE)


def point(value: Any, field: str) -> tuple[float, float]:
    """Latitude and longitude in degrees.

    Raises:
        BadValue: it is no place on the earth.
    """
    lat, lon = _read(value)
    if not -90 <= lat <= 90:
        raise BadValue(f"illegal latitude value [{lat}] for {field}")
    if not -180 <= lon <= 180:
        raise BadValue(f"illegal longitude value [{lon}] for {field}")
    return lat, lon


def _read(value: Any) -> tuple[float, float]:
    if isinstance(value, dict):
        return _from_object(value)
    if isinstance(value, tuple) and len(value) in (2, 3):  # a list of two numbers: longitude first
        return _number(value[1], "latitude"), _number(value[0], "longitude")
    if isinstance(value, str):
        return _from_text(value)
    raise BadValue("geo_point expected", "parse_exception")


def _from_object(value: dict[str, Any]) -> tuple[float, float]:
    if set(value) - {"lat", "lon"}:
        raise BadValue("field must be either [lat], [lon] or [geohash]", "parse_exception")
    for name in ("lat", "lon"):
        if value.get(name) is None:
            raise BadValue(f"field [{name}] missing", "parse_exception")
    return _number(value["lat"], "latitude"), _number(value["lon"], "longitude")


def _from_text(value: str) -> tuple[float, float]:
    wkt = _WKT.fullmatch(value.strip())
    if wkt:
        return _number(wkt[2], "latitude"), _number(wkt[1], "longitude")
    parts = value.split(",")
    if len(parts) not in (2, 3):
        raise BadValue(f"unsupported symbol or form [{value}] of a geo_point", "parse_exception")
    return _number(parts[0], "latitude"), _number(parts[1], "longitude")


def _number(value: Any, name: str) -> float:
    try:
        if isinstance(value, bool):
            raise TypeError
        return float(value)
    except (TypeError, ValueError):
        raise BadValue(f"{name} must be a number", "parse_exception") from None
