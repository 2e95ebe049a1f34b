"""The settings of an index: which there are, which may change later, what they mean.

Source: https://docs.opensearch.org/latest/install-and-configure/configuring-opensearch/index-settings/
"""

from typing import Any

from harness.cloud.engines.search.analysis.analyzers import Analysis
from harness.cloud.engines.search.errors import PartMissing, SearchError, illegal
from harness.cloud.engines.search.times import time_us

MAX_RESULT_WINDOW = 10_000
"""from + size of a search. Source: as above, index.max_result_window."""

GC_DELETES = "60s"
"""How long the version of a deleted document is remembered. Source: as above, index.gc_deletes."""

SEARCH_IDLE_AFTER = "30s"
"""Without a search for this long an index is no longer refreshed by itself. Source: as above."""

REFRESH_INTERVAL = "1s"
"""How often an index is refreshed. Source: as above, index.refresh_interval."""

_CHANGEABLE: tuple[str, ...] = (
    "refresh_interval",
    "number_of_replicas",
    "max_result_window",
    "gc_deletes",
    "search.idle.after",
)
_CHANGEABLE += ("mapping.total_fields.limit",)
_FIXED = ("number_of_shards", "codec", "sort.field", "sort.order", "max_ngram_diff", "hidden")
_PRIVATE = ("creation_date", "uuid", "provided_name", "version.created")
_REFUSED = ("sort.field", "sort.order", "default_pipeline", "final_pipeline", "knn", "hidden", "max_ngram_diff")


class IndexSettings:
    """Settings, flat: {"refresh_interval": "1s"}; those of the analysis apart.

    Args:
        given: as in the body of PUT /{index}: nested, dotted, with or without "index.".

    Raises:
        SearchError: there is no such setting, or its value is wrong.
    """

    def __init__(self, given: dict[str, Any]) -> None:
        if not isinstance(given, dict):
            raise illegal("settings must be an object")
        self.analysis_definition: dict[str, Any] = {}
        self.values: dict[str, Any] = {}
        for name, value in _flat(given).items():
            if name.startswith("analysis."):
                _put(self.analysis_definition, name.split(".")[1:], value)
            else:
                _check(name, value, new=True)
                self.values[name] = value
        self.analysis = _analysis(self.analysis_definition)

    def change(self, given: dict[str, Any]) -> dict[str, Any]:
        """Changes settings of an index that is there; returns what they were, to undo it.

        Raises:
            SearchError: one of them cannot be changed.
        """
        before = dict(self.values)
        for name, value in _flat(given).items():
            _check(name, value, new=False)
        for name, value in _flat(given).items():
            if value is None:
                self.values.pop(name, None)
            else:
                self.values[name] = value
        return before

    @property
    def max_result_window(self) -> int:
        """The most that from + size may be."""
        return int(self.values.get("max_result_window", MAX_RESULT_WINDOW))

    @property
    def fields_limit(self) -> int:
        """The most fields that a mapping may have."""
        return int(self.values.get("mapping.total_fields.limit", 1000))

    @property
    def refresh_us(self) -> int:
        """Microseconds between two refreshes; negative: there are none."""
        return time_us(self.values.get("refresh_interval", REFRESH_INTERVAL), "index.refresh_interval")

    @property
    def may_idle(self) -> bool:
        """Whether refreshes cease where nobody searches: as long as no interval is asked for."""
        return "refresh_interval" not in self.values

    @property
    def idle_after_us(self) -> int:
        """After how many microseconds without a search they cease."""
        return time_us(self.values.get("search.idle.after", SEARCH_IDLE_AFTER), "index.search.idle.after")

    @property
    def gc_deletes_us(self) -> int:
        """How many microseconds the version of a deleted document is remembered."""
        return time_us(self.values.get("gc_deletes", GC_DELETES), "index.gc_deletes")

    def to_json(self) -> dict[str, Any]:
        """Nested, every value as text, as GET _settings shows them."""
        shown: dict[str, Any] = {}
        for name, value in {"number_of_shards": "1", "number_of_replicas": "1", **self.values}.items():
            _put(shown, name.split("."), _shown(value))
        if self.analysis_definition:
            shown["analysis"] = _shown(self.analysis_definition)
        return shown


def _check(name: str, value: Any, *, new: bool) -> None:
    if name in _PRIVATE:
        raise illegal(f"private index setting [index.{name}] can not be set explicitly")
    if name in _REFUSED:
        raise PartMissing(f"index setting [index.{name}]")
    if name.startswith("analysis.") or (name in _FIXED and not new):
        raise illegal(f"Can't update non dynamic settings [[index.{name}]] for open indices")
    if name not in (*_CHANGEABLE, *_FIXED):
        raise illegal(
            f"unknown setting [index.{name}] please check that any required plugins are installed, "
            "or check the breaking changes documentation for removed settings"
        )
    if value is not None:
        _check_value(name, value)


def _check_value(name: str, value: Any) -> None:
    if name in ("refresh_interval", "gc_deletes", "search.idle.after"):
        time_us(value, f"index.{name}")
    elif name in ("number_of_shards", "number_of_replicas", "max_result_window", "mapping.total_fields.limit"):
        least = 0 if name == "number_of_replicas" else 1
        try:
            fits = int(value) >= least
        except (TypeError, ValueError):
            raise illegal(f"Failed to parse value [{value}] for setting [index.{name}]") from None
        if not fits:
            raise illegal(f"Failed to parse value [{value}] for setting [index.{name}] must be >= {least}")


def _analysis(definition: dict[str, Any]) -> Analysis:
    try:
        return Analysis(definition)
    except SearchError:
        raise
    except (TypeError, ValueError, AttributeError, KeyError) as error:  # a definition of another shape
        raise illegal(f"failed to read the settings of index.analysis: {error}") from None


def _flat(given: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Dotted names without the leading "index."; analysis definitions stay whole."""
    flat: dict[str, Any] = {}
    for name, value in given.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and value and not _is_definition(path.removeprefix("index.")):
            flat |= _flat(value, f"{path}.")
        else:
            flat[path.removeprefix("index.")] = value
    return flat


def _is_definition(path: str) -> bool:
    return path.startswith("analysis.") and path.count(".") >= 2


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        tree = tree.setdefault(name, {})
    tree[path[-1]] = value


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shown(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shown(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
