"""An article as the newsroom sends it, and the rules it must keep."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Any

_ARTICLE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class InvalidArticle(ValueError):
    """What was sent is no article; the message says why."""


@dataclass(frozen=True)
class Article:
    """One version of an article."""

    article_id: str
    version: int
    title: str
    body: str

    def fingerprint(self) -> str:
        """The same for two articles exactly if they are equal."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def parse_article(text: str) -> Article:
    """The article that this JSON text describes. Unknown fields are ignored.

    Raises:
        InvalidArticle: it describes none.
    """
    try:
        fields = json.loads(text)
    except ValueError as error:
        raise InvalidArticle(f"The body is not JSON: {error}.") from error
    if not isinstance(fields, dict):
        raise InvalidArticle("The body is not a JSON object.")
    return Article(
        article_id=_article_id(fields.get("article_id")),
        version=_version(fields.get("version")),
        title=_text("title", fields.get("title"), shortest=1, longest=255),
        body=_text("body", fields.get("body"), shortest=0, longest=100_000),
    )


def _article_id(value: Any) -> str:
    if not isinstance(value, str) or not _ARTICLE_ID.fullmatch(value):
        raise InvalidArticle("article_id must be 1-64 letters, digits, underscores and hyphens.")
    return value


def _version(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidArticle("version must be an integer from 1.")
    return value


def _text(name: str, value: Any, *, shortest: int, longest: int) -> str:
    if not isinstance(value, str) or not shortest <= len(value) <= longest:
        raise InvalidArticle(f"{name} must be a string of {shortest}-{longest} characters.")
    return value
