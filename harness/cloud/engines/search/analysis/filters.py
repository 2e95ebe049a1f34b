"""Token filters: what becomes of the tokens, one after the other.

A filter takes a list of tokens and gives another. Tokens it adds to one that was there keep
its position. Source: https://docs.opensearch.org/latest/analyzers/token-filters/index/
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from harness.cloud.engines.search.analysis.synonyms import synonym_filter
from harness.cloud.engines.search.analysis.tokenizers import Token, gram_sizes, ngrams
from harness.cloud.engines.search.errors import PartMissing, illegal

Filter = Callable[[list[Token]], list[Token]]

ENGLISH_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for if in into is it no not of on or such that the their then there these "
        "they this to was will with",
    )
)
"""What `_english_` stands for in a stop filter."""

_FOLDED = {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
_FOLDED |= {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "\u0131": "i", "\u2019": "'", "\u2018": "'"}
_FOLDED |= {"\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-"}


def lowercase(tokens: list[Token]) -> list[Token]:
    """Every token in lower case."""
    return [Token(token.text.lower(), token.position) for token in tokens]


def uppercase(tokens: list[Token]) -> list[Token]:
    """Every token in upper case."""
    return [Token(token.text.upper(), token.position) for token in tokens]


def asciifolding(tokens: list[Token]) -> list[Token]:
    """Letters with marks become the ASCII letters they look like."""
    return [Token(fold(token.text), token.position) for token in tokens]


def fold(text: str) -> str:
    """A text without accents."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", "".join(_FOLDED.get(letter, letter) for letter in text))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def trim(tokens: list[Token]) -> list[Token]:
    """Every token without white space at its ends."""
    return [Token(token.text.strip(), token.position) for token in tokens]


PLAIN: dict[str, Filter] = {
    "lowercase": lowercase,
    "uppercase": uppercase,
    "asciifolding": asciifolding,
    "trim": trim,
    "stop": lambda tokens: [token for token in tokens if token.text not in ENGLISH_STOP_WORDS],
}
"""Filters that go by their type's name, with default settings."""


def build_filter(name: str, definition: dict[str, Any], before: Callable[[str], list[Token]]) -> Filter:
    """A filter out of the index settings.

    Args:
        before: the analysis up to this filter, by which synonyms are read.

    Raises:
        SearchError: there is no such type, or a setting it does not have.
    """
    kind = str(definition.get("type", ""))
    if kind not in FILTERS:
        raise PartMissing(f"token filter type [{kind}] of filter [{name}]")
    build, settings = FILTERS[kind]
    unknown = sorted(set(definition) - {"type", *settings})
    if unknown:
        raise PartMissing(f"setting [{unknown[0]}] of token filter [{name}]")
    return build(definition, before)


def _phonetic(definition: dict[str, Any], before: Callable[[str], list[Token]]) -> Filter:
    """Sound codes. Source: https://docs.opensearch.org/latest/analyzers/token-filters/phonetic/"""
    encoder = str(definition.get("encoder", "metaphone"))
    if encoder not in ("double_metaphone", "doublemetaphone", "doubleMetaphone"):
        raise PartMissing(f"phonetic encoder [{encoder}]")
    length = int(definition.get("max_code_len", 4))
    replace = _truth(definition.get("replace", True))

    def encode(tokens: list[Token]) -> list[Token]:
        coded: list[Token] = []
        for token in tokens:
            codes = _sounds(token.text, length)
            texts = codes if replace else (token.text, *codes)
            coded += [Token(text, token.position) for text in dict.fromkeys(texts or (token.text,))]
        return coded

    return encode


@lru_cache(maxsize=50_000)
def _sounds(word: str, length: int) -> tuple[str, ...]:
    """The primary and, where it differs, the secondary code of a word."""
    from metaphone import doublemetaphone  # type: ignore[import-untyped]  # a package of this engine alone

    return tuple(dict.fromkeys(code[:length] for code in doublemetaphone(fold(word)) if code))


def _grams(definition: dict[str, Any], before: Callable[[str], list[Token]]) -> Filter:
    least, most = gram_sizes(definition)
    edge = definition["type"] == "edge_ngram"
    return lambda tokens: [
        Token(piece, token.position) for token in tokens for piece in ngrams(token.text, least, most, edge=edge)
    ]


def _stop(definition: dict[str, Any], before: Callable[[str], list[Token]]) -> Filter:
    words = definition.get("stopwords", "_english_")
    if words == "_none_":
        return lambda tokens: tokens
    if isinstance(words, str) and words != "_english_":
        raise PartMissing(f"stop words [{words}]")
    stopped = ENGLISH_STOP_WORDS if words == "_english_" else frozenset(map(str, words))
    return lambda tokens: [token for token in tokens if token.text not in stopped]


def _asciifolding(definition: dict[str, Any], before: Callable[[str], list[Token]]) -> Filter:
    if not _truth(definition.get("preserve_original", False)):
        return asciifolding
    return lambda tokens: [
        Token(text, token.position) for token in tokens for text in dict.fromkeys((fold(token.text), token.text))
    ]


def _plain(definition: dict[str, Any], before: Callable[[str], list[Token]]) -> Filter:
    return PLAIN[definition["type"]]


def _synonym(definition: dict[str, Any], before: Callable[[str], list[Token]]) -> Filter:
    return synonym_filter(definition, before)


_SYNONYM_SETTINGS = ("synonyms", "expand", "lenient", "format", "updateable")

FILTERS: dict[str, tuple[Callable[[dict[str, Any], Callable[[str], list[Token]]], Filter], tuple[str, ...]]] = {
    "lowercase": (_plain, ()),
    "uppercase": (_plain, ()),
    "trim": (_plain, ()),
    "asciifolding": (_asciifolding, ("preserve_original",)),
    "stop": (_stop, ("stopwords",)),
    "edge_ngram": (_grams, ("min_gram", "max_gram")),
    "ngram": (_grams, ("min_gram", "max_gram")),
    "phonetic": (_phonetic, ("encoder", "replace", "max_code_len")),
    "synonym": (_synonym, _SYNONYM_SETTINGS),
    "synonym_graph": (_synonym, _SYNONYM_SETTINGS),
}
"""Every type of token filter, with the settings it takes."""


def _truth(value: object) -> bool:
    if str(value).lower() not in ("true", "false"):
        raise illegal(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")
    return str(value).lower() == "true"
