"""The `completion` field: inputs that are suggested as somebody types.

Source: https://docs.opensearch.org/latest/search-plugins/searching-data/autocomplete/
"""

from typing import Any, NamedTuple

from harness.cloud.engines.search.analysis.analyzers import Analysis, Analyzer
from harness.cloud.engines.search.mapping.fields import Field, analyzer_named
from harness.cloud.engines.search.mapping.values import BadValue, Value


class Entry(NamedTuple):
    """One input of a document.

    Attributes:
        key: what a prefix is compared with.
        surface: the input as it was given.
    """

    key: str
    surface: str
    weight: int


class Completion(Field):
    """Inputs with a weight."""

    type_name = "completion"
    takes = ("analyzer", "search_analyzer", "preserve_separators", "preserve_position_increments", "max_input_length")

    search_analyzer: Analyzer

    def configure(self, analysis: Analysis) -> None:
        self.sortable = False
        name = str(self.parameters.get("analyzer", "simple"))
        self._analyzer = analyzer_named(analysis, name)
        self.search_analyzer = analyzer_named(analysis, str(self.parameters.get("search_analyzer", name)))
        self._separator = "\x1f" if self.parameters.get("preserve_separators", True) in (True, "true") else ""
        self._longest = self.whole("max_input_length", 50)

    def values(self, value: Any) -> list[Value]:
        inputs, weight = _read(value, self.path)
        for text in inputs:
            if not text:
                raise BadValue(f"Completion field [{self.path}] value must not be empty")
        cut = [text[: self._longest] for text in inputs]
        return [Entry(self.key(text, self._analyzer), text, weight) for text in cut]

    def key(self, text: str, analyzer: Analyzer) -> str:
        """A text in the form in which inputs and prefixes are compared."""
        return self._separator.join(token.text for token in analyzer.tokens(text))


def _read(value: Any, path: str) -> tuple[list[str], int]:
    if isinstance(value, str):
        return [value], 1
    if not isinstance(value, dict):
        raise BadValue(
            f"failed to parse [{path}]: expected text or object, but got {type(value).__name__}", "parse_exception"
        )
    unknown = sorted(set(value) - {"input", "weight"})
    if unknown:
        raise BadValue(f"unknown field name [{unknown[0]}], must be one of [input, weight, contexts]")
    inputs = value.get("input")
    listed = inputs if isinstance(inputs, list) else [inputs]
    texts = [text for text in listed if isinstance(text, str)]
    if len(texts) < len(listed):
        raise BadValue("input array must only contain string values, but was [OBJECT]")
    return texts, _weight(value.get("weight", 1))


def _weight(value: Any) -> int:
    try:
        weight = int(value)
    except (TypeError, ValueError):
        raise BadValue("weight must be an integer, but was [" + str(value) + "]") from None
    if not 0 <= weight <= 2**31 - 1:
        raise BadValue(f"weight must be in the interval [0..2147483647], but was [{value}]")
    return weight
