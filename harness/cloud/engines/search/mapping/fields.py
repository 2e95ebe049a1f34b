"""FIELD_TYPES: every type a field may have, by name. Start here.

A field reads one JSON value of a document into what is indexed. Parameters that change
nothing here (`norms`, `store`, ...) are taken; those that would are refused.
Source: https://docs.opensearch.org/latest/field-types/supported-field-types/index/
"""

from typing import Any, ClassVar

from harness.cloud.engines.search.analysis.analyzers import Analysis, Analyzer
from harness.cloud.engines.search.errors import PartMissing, SearchError
from harness.cloud.engines.search.mapping.dates import DEFAULT_FORMAT, DateFormat
from harness.cloud.engines.search.mapping.places import point
from harness.cloud.engines.search.mapping.values import BadValue, Storage, Value, text_of

_EVERYWHERE = ("type", "fields", "store", "meta", "index", "doc_values", "boost", "copy_to", "similarity")
_REFUSED: tuple[str, ...] = (
    "boost",
    "copy_to",
    "similarity",
    "fielddata",
    "fielddata_frequency_filter",
    "search_quote_analyzer",
)
_REFUSED += ("index_phrases", "index_prefixes", "contexts", "split_queries_on_whitespace", "locale", "script")

MAX_TERM_BYTES = 32_766
"""A longer keyword is refused. Source: Lucene's IndexWriter.MAX_TERM_LENGTH."""


class Field:
    """A field of a mapping.

    Attributes:
        path: with dots, "location" or "text.phonetic".
        parameters: as they were given, for GET _mapping.
        searchable: whether it is indexed.
        sortable: whether it has doc values.
    """

    type_name: ClassVar[str]
    storage: ClassVar[Storage] = Storage.NONE
    takes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, path: str, parameters: dict[str, Any], analysis: Analysis) -> None:
        self.path = path
        self.parameters = parameters
        self._check_parameters()
        self.searchable = parameters.get("index", True) in (True, "true")
        self.sortable = parameters.get("doc_values", True) in (True, "true")
        self.configure(analysis)

    def configure(self, analysis: Analysis) -> None:
        """Reads the parameters of this type."""

    def values(self, value: Any) -> list[Value]:
        """What is indexed of one JSON value (never a list, never null).

        Raises:
            BadValue: it does not fit.
        """
        return [self.term(value)]

    def term(self, value: Any) -> Value:
        """One value as a term query compares it.

        Raises:
            BadValue: it does not fit.
        """
        return value

    def bound(self, value: Any, now_ms: int, *, round_up: bool) -> Value:
        """One end of a range query.

        Raises:
            BadValue: it does not fit.
        """
        return self.term(value)

    @property
    def null_value(self) -> Any:
        """What stands for an explicit null; None: nothing does."""
        return self.parameters.get("null_value")

    @property
    def ignores_malformed(self) -> bool:
        """Whether a value that does not fit is left out instead of refused."""
        return self.parameters.get("ignore_malformed") in (True, "true")

    def whole(self, parameter: str, default: int) -> int:
        """A parameter that is a whole number.

        Raises:
            SearchError: it is none.
        """
        value = self.parameters.get(parameter, default)
        try:
            return int(str(value))
        except ValueError:
            leaf = self.path.rpartition(".")[2]
            raise wrong_mapping(f"Failed to parse value [{value}] of [{parameter}] on mapper [{leaf}]") from None

    def _check_parameters(self) -> None:
        if not isinstance(self.parameters.get("fields", {}), dict):
            raise wrong_mapping(f"expected map for property [fields] on field [{self.path}]")
        for name in self.parameters:
            if name in _REFUSED:
                raise PartMissing(f"parameter [{name}] of field [{self.path}]")
            if name not in self.takes and name not in _EVERYWHERE:
                leaf = self.path.rpartition(".")[2]
                raise wrong_mapping(f"unknown parameter [{name}] on mapper [{leaf}] of type [{self.type_name}]")


def wrong_mapping(reason: str) -> SearchError:
    """400: a mapping cannot be read."""
    cause = {"type": "mapper_parsing_exception", "reason": reason}
    return SearchError(
        400,
        "mapper_parsing_exception",
        f"Failed to parse mapping [_doc]: {reason}",
        caused_by=cause,
    )


_FIXED = {
    "position_increment_gap": (100,),
    "norms": (True, "true"),
    "index_options": ("positions", "offsets"),
}
"""Parameters of text that have an effect, and the values (OpenSearch's defaults) that are simulated."""


class Text(Field):
    """Analyzed text. Source: .../field-types/supported-field-types/text/"""

    type_name = "text"
    storage = Storage.TEXT
    takes = (
        "analyzer",
        "search_analyzer",
        "norms",
        "index_options",
        "term_vector",
        "position_increment_gap",
        "eager_global_ordinals",
    )

    analyzer: Analyzer
    search_analyzer: Analyzer

    def configure(self, analysis: Analysis) -> None:
        for name, simulated in _FIXED.items():
            if self.parameters.get(name, simulated[0]) not in simulated:
                raise PartMissing(f"[{name}: {self.parameters[name]}] of field [{self.path}]")
        self.sortable = False
        standard = "default" if analysis.analyzer("default") else "standard"
        name = str(self.parameters.get("analyzer", standard))
        self.analyzer = analyzer_named(analysis, name)
        self.search_analyzer = analyzer_named(analysis, str(self.parameters.get("search_analyzer", name)))

    def values(self, value: Any) -> list[Value]:
        return [self.analyzer.tokens(text_of(value))]

    def term(self, value: Any) -> Value:
        return text_of(value)


class Keyword(Field):
    """A string as a whole. Source: .../field-types/supported-field-types/keyword/"""

    type_name = "keyword"
    storage = Storage.KEYWORD
    takes = ("normalizer", "ignore_above", "null_value", "norms", "index_options", "eager_global_ordinals")

    def configure(self, analysis: Analysis) -> None:
        self._longest = self.whole("ignore_above", 2**31 - 1)
        name = self.parameters.get("normalizer")
        self._normalizer = analysis.normalizer(str(name)) if name else None
        if name and self._normalizer is None:
            raise wrong_mapping(f"normalizer [{name}] not found for field [{self.path}]")

    def values(self, value: Any) -> list[Value]:
        text = text_of(value)
        if len(text) > self._longest:
            return []
        if len(text.encode(errors="replace")) > MAX_TERM_BYTES:
            raise BadValue(
                f'Document contains at least one immense term in field="{self.path}" (whose UTF8 encoding is longer '
                f"than the max length {MAX_TERM_BYTES}), all of which were skipped."
            )
        return [self.term(text)]

    def term(self, value: Any) -> Value:
        text = text_of(value)
        return "".join(token.text for token in self._normalizer.tokens(text)) if self._normalizer else text


class Boolean(Field):
    """True or false, held as 1 or 0. Source: .../field-types/supported-field-types/boolean/"""

    type_name = "boolean"
    storage = Storage.INTEGER
    takes = ("null_value", "ignore_malformed")

    def term(self, value: Any) -> Value:
        if value is True or value == "true":
            return 1
        if value is False or value in ("false", ""):
            return 0
        raise BadValue(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")


class Date(Field):
    """An instant, in milliseconds. Source: .../field-types/supported-field-types/date/"""

    type_name = "date"
    storage = Storage.INTEGER
    takes = ("format", "null_value", "ignore_malformed", "print_format")

    def configure(self, analysis: Analysis) -> None:
        self.format = DateFormat(str(self.parameters.get("format", DEFAULT_FORMAT)))

    def term(self, value: Any) -> Value:
        return self.format.parse(value)

    def bound(self, value: Any, now_ms: int, *, round_up: bool) -> Value:
        return self.format.resolve(value, now_ms, round_up=round_up)


class GeoPoint(Field):
    """A place, checked and kept in _source. Source: .../field-types/supported-field-types/geo-point/"""

    type_name = "geo_point"
    takes = ("ignore_malformed", "ignore_z_value", "null_value")

    def configure(self, analysis: Analysis) -> None:
        self.sortable = False

    def values(self, value: Any) -> list[Value]:
        return [point(value, self.path)]


def analyzer_named(analysis: Analysis, name: str) -> Analyzer:
    """The analyzer of this name.

    Raises:
        SearchError: there is none.
    """
    found = analysis.analyzer(name)
    if found is None:
        raise wrong_mapping(f"analyzer [{name}] has not been configured in mappings")
    return found
