"""Analyzers and normalizers: a tokenizer and its filters, out of an index's settings.

Source: https://docs.opensearch.org/latest/analyzers/index/
"""

from collections.abc import Callable
from typing import Any

from harness.cloud.engines.search.analysis import filters, tokenizers
from harness.cloud.engines.search.analysis.filters import Filter, build_filter
from harness.cloud.engines.search.analysis.tokenizers import TOKENIZERS, Token, Tokenizer, build_tokenizer
from harness.cloud.engines.search.errors import PartMissing, illegal


class Analyzer:
    """Turns text into terms."""

    def __init__(self, name: str, tokenizer: Tokenizer, chain: list[Filter]) -> None:
        self.name = name
        self._tokenizer = tokenizer
        self._chain = chain

    def tokens(self, text: str) -> list[Token]:
        """The terms of a text, in order."""
        tokens = self._tokenizer(text)
        for step in self._chain:
            tokens = step(tokens)
        return tokens


BUILT_IN: dict[str, Analyzer] = {
    "standard": Analyzer("standard", tokenizers.standard, [filters.lowercase]),
    "simple": Analyzer("simple", tokenizers.lowercase, []),
    "whitespace": Analyzer("whitespace", tokenizers.whitespace, []),
    "keyword": Analyzer("keyword", tokenizers.keyword, []),
    "stop": Analyzer("stop", tokenizers.lowercase, [filters.PLAIN["stop"]]),
}

_NORMALIZER_FILTERS = ("lowercase", "uppercase", "asciifolding", "trim")


class Analysis:
    """The analyzers and normalizers of an index.

    Args:
        settings: what stands below `index.analysis`.

    Raises:
        SearchError: a definition is wrong, or needs what is not simulated.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        for section in settings:
            if section == "char_filter":
                raise PartMissing("index.analysis.char_filter")
            if section not in ("analyzer", "normalizer", "filter", "tokenizer"):
                raise illegal(
                    f"unknown setting [index.analysis.{section}] please check that any required plugins are installed"
                )
        self._filters: dict[str, Any] = settings.get("filter", {})
        self._tokenizers: dict[str, Any] = settings.get("tokenizer", {})
        self._analyzers = dict(BUILT_IN)
        self._normalizers = {"lowercase": Analyzer("lowercase", tokenizers.keyword, [filters.lowercase])}
        for name, definition in settings.get("analyzer", {}).items():
            self._analyzers[name] = self._analyzer(name, definition)
        for name, definition in settings.get("normalizer", {}).items():
            self._normalizers[name] = self._normalizer(name, definition)

    def analyzer(self, name: str) -> Analyzer | None:
        """The analyzer of this name."""
        return self._analyzers.get(name)

    def normalizer(self, name: str) -> Analyzer | None:
        """The normalizer of this name."""
        return self._normalizers.get(name)

    def _analyzer(self, name: str, definition: dict[str, Any]) -> Analyzer:
        kind = str(definition.get("type", "custom"))
        if kind != "custom":
            if kind not in BUILT_IN or len(definition) > 1:
                raise PartMissing(f"analyzer [{name}] of type [{kind}] with settings of its own")
            return BUILT_IN[kind]
        unknown = sorted(set(definition) - {"type", "tokenizer", "filter"})
        if unknown:
            raise PartMissing(f"[{unknown[0]}] of analyzer [{name}]")
        if "tokenizer" not in definition:
            raise illegal(f"analyzer [{name}] must specify either an analyzer type, or a tokenizer")
        tokenizer = self._tokenizer(name, str(definition["tokenizer"]))
        return Analyzer(name, tokenizer, self._chain(name, _listed(definition.get("filter", [])), tokenizer))

    def _normalizer(self, name: str, definition: dict[str, Any]) -> Analyzer:
        used = _listed(definition.get("filter", []))
        for one in used:
            if self._filters.get(one, {"type": one}).get("type") not in _NORMALIZER_FILTERS:
                raise illegal(f"Custom normalizer [{name}] may not use filter [{one}]")
        return Analyzer(name, tokenizers.keyword, self._chain(name, used, tokenizers.keyword))

    def _tokenizer(self, analyzer: str, name: str) -> Tokenizer:
        if name in self._tokenizers:
            return build_tokenizer(self._tokenizers[name])
        if name not in TOKENIZERS:
            raise illegal(f"Custom Analyzer [{analyzer}] failed to find tokenizer under name [{name}]")
        return TOKENIZERS[name]

    def _chain(self, analyzer: str, names: list[str], tokenizer: Tokenizer) -> list[Filter]:
        chain: list[Filter] = []
        for name in names:
            chain.append(self._filter(analyzer, name, Analyzer(analyzer, tokenizer, list(chain)).tokens))
        return chain

    def _filter(self, analyzer: str, name: str, before: Callable[[str], list[Token]]) -> Filter:
        if name in self._filters:
            return build_filter(name, self._filters[name], before)
        if name not in filters.PLAIN:
            raise illegal(f"Custom Analyzer [{analyzer}] failed to find filter under name [{name}]")
        return filters.PLAIN[name]


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
