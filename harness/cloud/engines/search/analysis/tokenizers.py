"""Tokenizers: where one token ends and the next begins.

Source: https://docs.opensearch.org/latest/analyzers/tokenizers/index/
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from harness.cloud.engines.search.errors import illegal


class Token(NamedTuple):
    """A term and its place; synonyms share one."""

    text: str
    position: int


Tokenizer = Callable[[str], list[Token]]

MAX_TOKEN_LENGTH = 255
"""Longer tokens are cut into pieces of this length (`max_token_length`)."""

_MARKS = "\u0300-\u036f\u200d"
_IDEOGRAPH = "\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff"
_WORD = rf"(?:(?![{_IDEOGRAPH}])[\w{_MARKS}])"
_LETTER = rf"(?:(?![{_IDEOGRAPH}])[^\W\d_])"
_JOINED = rf"(?:(?<=[^\W\d_])['\u2019.\u00b7:](?={_LETTER})|(?<=\d)['\u2019.,;](?=\d))"
_STANDARD = re.compile(rf"[{_IDEOGRAPH}]|[{_EMOJI}]\ufe0f?|{_WORD}+(?:{_JOINED}{_WORD}+)*")
_PLAIN = re.compile(r"\w+(?:(?:(?<=[A-Za-z])['.:](?=[A-Za-z])|(?<=\d)['.,;](?=\d))\w+)*")
"""As `_STANDARD` for text of ASCII letters, and several times as fast."""

_LETTERS = re.compile(r"[^\W\d_]+")
_NO_SPACE = re.compile(r"\S+")
_ONLY_UNDERSCORES = re.compile(r"_+")


def standard(text: str) -> list[Token]:
    """Words by the Unicode word boundary rules (UAX #29); ideographs and emoji one by one."""
    words = (_PLAIN if text.isascii() else _STANDARD).findall(text)
    return _numbered(_pieces([word for word in words if not _ONLY_UNDERSCORES.fullmatch(word)]))


def whitespace(text: str) -> list[Token]:
    """Whatever stands between white space."""
    return _numbered(_pieces(_NO_SPACE.findall(text)))


def letter(text: str) -> list[Token]:
    """Runs of letters."""
    return _numbered(_LETTERS.findall(text))


def lowercase(text: str) -> list[Token]:
    """Runs of letters, in lower case."""
    return _numbered(_LETTERS.findall(text.lower()))


def keyword(text: str) -> list[Token]:
    """The whole text as one token."""
    return [Token(text, 0)]


def ngrams(text: str, least: int, most: int, *, edge: bool) -> list[str]:
    """The pieces of a text with `least` to `most` characters; with `edge` those it begins with."""
    starts = range(1) if edge else range(len(text))
    return [text[at : at + size] for at in starts for size in range(least, most + 1) if at + size <= len(text)]


def _pieces(words: list[str]) -> list[str]:
    """The words, those too long cut."""
    if all(len(word) <= MAX_TOKEN_LENGTH for word in words):
        return words
    size = MAX_TOKEN_LENGTH
    return [word[at : at + size] for word in words for at in range(0, len(word), size)]


def _numbered(words: Iterable[str]) -> list[Token]:
    return [Token(word, position) for position, word in enumerate(words)]


TOKENIZERS: dict[str, Tokenizer] = {
    "standard": standard,
    "whitespace": whitespace,
    "letter": letter,
    "lowercase": lowercase,
    "keyword": keyword,
}


def build_tokenizer(definition: dict[str, Any]) -> Tokenizer:
    """A tokenizer out of the index settings.

    Raises:
        SearchError: there is no such type.
    """
    kind = str(definition.get("type", ""))
    if kind in ("edge_ngram", "ngram"):
        least, most = gram_sizes(definition)

        def cut(text: str) -> list[Token]:
            pieces = (
                piece for word in _words(definition, text) for piece in ngrams(word, least, most, edge=kind[0] == "e")
            )
            return _numbered(pieces)

        return cut
    if kind not in TOKENIZERS or set(definition) > {"type", "max_token_length"}:
        raise illegal(f"Unknown tokenizer type [{kind}] for a tokenizer of this index")
    return TOKENIZERS[kind]


def gram_sizes(definition: dict[str, Any]) -> tuple[int, int]:
    """Smallest and biggest n-gram of a tokenizer or filter.

    Raises:
        SearchError: they contradict each other.
    """
    least, most = int(definition.get("min_gram", 1)), int(definition.get("max_gram", 2))
    if least < 1 or least > most:
        raise illegal(f"minGram must be between 1 and maxGram, got min_gram [{least}] and max_gram [{most}]")
    if definition["type"] == "ngram" and most - least > 1:
        raise illegal(
            "The difference between max_gram and min_gram in NGram Tokenizer must be less than or equal to: [1] "
            f"but was [{most - least}]. This limit can be set by changing the [index.max_ngram_diff] index level "
            "setting."
        )
    return least, most


_CLASSES = {"letter": r"[^\W\d_]", "digit": r"\d", "whitespace": r"\s", "punctuation": r"[^\w\s]", "symbol": r"[^\w\s]"}


def _words(definition: dict[str, Any], text: str) -> list[str]:
    """The stretches that n-grams are cut from: all of the text, or runs of `token_chars`."""
    classes = [_CLASSES.get(str(name), r"[^\w\s]") for name in definition.get("token_chars", [])]
    return re.findall(rf"(?:{'|'.join(classes)})+", text) if classes else [text]
