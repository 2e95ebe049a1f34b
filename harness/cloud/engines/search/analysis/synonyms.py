"""Synonyms of single words, in Solr's notation: "film, movie" and "tv => television".

Left out: synonyms of several words and WordNet's notation.
Source: https://docs.opensearch.org/latest/analyzers/token-filters/synonym/
"""

from collections.abc import Callable
from typing import Any

from harness.cloud.engines.search.analysis.tokenizers import Token
from harness.cloud.engines.search.errors import PartMissing, illegal

Analyze = Callable[[str], list[Token]]


def synonym_filter(definition: dict[str, Any], before: Analyze) -> Callable[[list[Token]], list[Token]]:
    """A filter that puts a word's synonyms at its position.

    Args:
        before: the analysis up to this filter; the rules are read by it.

    Raises:
        SearchError: a rule cannot be read.
    """
    if "synonyms" not in definition:
        raise illegal("synonym requires either `synonyms` or `synonyms_path` to be configured")
    if definition.get("format", "solr") != "solr":
        raise PartMissing("synonym format [wordnet]")
    table: dict[str, list[str]] = {}
    for rule in definition["synonyms"]:
        for word, meanings in _read(str(rule), before, str(definition.get("expand", "true")) == "true"):
            known = table.setdefault(word, [])
            known += [meaning for meaning in meanings if meaning not in known]

    def replace(tokens: list[Token]) -> list[Token]:
        return [Token(text, token.position) for token in tokens for text in table.get(token.text, (token.text,))]

    return replace


def _read(rule: str, before: Analyze, expand: bool) -> list[tuple[str, list[str]]]:
    """What each word of a rule becomes."""
    if rule.startswith("#") or not rule.strip():
        return []
    left, arrow, right = rule.partition("=>")
    words = [_word(text, before) for text in left.split(",")]
    if arrow:
        meanings = [_word(text, before) for text in right.split(",")]
        return [(word, meanings) for word in words]
    if not expand:
        return [(word, words[:1]) for word in words]
    return [(word, [word, *(other for other in words if other != word)]) for word in words]


def _word(text: str, before: Analyze) -> str:
    tokens = before(text.strip())
    if len(tokens) > 1:
        raise PartMissing(f"a synonym of several words [{text.strip()}]")
    if not tokens:
        raise illegal(f"term: {text.strip()} was completely eliminated by analyzer")
    return tokens[0].text
