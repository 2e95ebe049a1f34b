"""`_source`: how much of a document an answer shows.

Source: https://docs.opensearch.org/latest/search-plugins/searching-data/retrieve-specific-fields/
"""

from dataclasses import dataclass
from typing import Any

from harness.cloud.engines.search.errors import parsing
from harness.cloud.engines.search.mapping.mapping import fits


@dataclass(frozen=True)
class SourceFilter:
    """Which fields are shown; without patterns all of them.

    Attributes:
        shown: whether there is a _source at all.
    """

    shown: bool = True
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()

    def apply(self, source: dict[str, Any]) -> dict[str, Any]:
        """The document as it is shown."""
        if not self.includes and not self.excludes:
            return source
        kept: dict[str, Any] = self._object(source, "", bool(not self.includes)) or {}
        return kept

    def _object(self, value: dict[str, Any], prefix: str, inside: bool) -> dict[str, Any] | None:
        kept = {}
        for name, inner in value.items():
            path = f"{prefix}{name}"
            if any(fits(pattern, path) for pattern in self.excludes):
                continue
            wanted = inside or any(fits(pattern, path) for pattern in self.includes)
            shown = self._value(inner, path, wanted)
            if shown is not None or (wanted and inner is None):
                kept[name] = shown
        return kept if kept or inside else None

    def _value(self, value: Any, path: str, wanted: bool) -> Any:
        if isinstance(value, dict):
            return self._object(value, f"{path}.", wanted)
        if isinstance(value, list) and any(isinstance(one, dict) for one in value):
            shown = [self._value(one, path, wanted) for one in value]
            return [one for one in shown if one is not None] or ([] if wanted else None)
        return value if wanted else None


EVERYTHING = SourceFilter()
"""The whole document."""


def read_source_filter(given: Any) -> SourceFilter:
    """Reads true, false, a pattern, a list of them, or {"includes": [...], "excludes": [...]}.

    Raises:
        SearchError: parsing_exception.
    """
    if isinstance(given, bool) or given in ("true", "false"):
        return SourceFilter(shown=given in (True, "true"))
    if isinstance(given, (str, list)):
        return SourceFilter(includes=_patterns(given))
    if isinstance(given, dict):
        for name in given:
            if name not in ("includes", "include", "excludes", "exclude"):
                raise parsing(f"Unknown key for a VALUE_STRING in [{name}].")
        includes = given.get("includes", given.get("include", ()))
        excludes = given.get("excludes", given.get("exclude", ()))
        return SourceFilter(includes=_patterns(includes), excludes=_patterns(excludes))
    raise parsing("Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found [VALUE_NUMBER]")


def from_parameters(parameters: dict[str, str]) -> SourceFilter | None:
    """The filter in the query string of a request; None: it says nothing of it."""
    includes = _split(parameters.get("_source_includes", ""))
    excludes = _split(parameters.get("_source_excludes", ""))
    given = parameters.get("_source")
    if given in ("true", "false"):
        return SourceFilter(given == "true", includes, excludes)
    if given is None and not includes and not excludes:
        return None
    return SourceFilter(True, _split(given or "") or includes, excludes)


def _patterns(given: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in given) if isinstance(given, (list, tuple)) else (str(given),)


def _split(text: str) -> tuple[str, ...]:
    return tuple(one for one in text.split(",") if one)
