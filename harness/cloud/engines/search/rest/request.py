"""A request as an endpoint reads it, and its answer before it is bytes."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from harness.cloud.engines.search.answers.contexts import Contexts
from harness.cloud.engines.search.answers.hits import Partial
from harness.cloud.engines.search.errors import SearchError, illegal
from harness.cloud.engines.search.store.catalogue import Catalogue
from harness.simulation.clock import Clock
from harness.simulation.wire import Request

_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True)
class Cluster:
    """What the endpoints work on.

    Attributes:
        contexts: open scrolls and points in time.
    """

    catalogue: Catalogue
    contexts: Contexts
    clock: Clock

    @property
    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return self.clock.unix_ms()


@dataclass(frozen=True)
class RestRequest:
    """A request.

    Attributes:
        segments: what stands for the placeholders of the endpoint's pattern, decoded.
        parameters: of the query string; of one given twice the last.
        took_ms: how long the request takes, as its answer will say.
        partial: what an answer of a search leaves out, if a fault says so.
        rejected_every: a bulk request's items of which every so many is rejected; 0: none.
    """

    method: str
    path: str
    segments: dict[str, str]
    parameters: dict[str, str]
    body: bytes
    took_ms: int = 0
    partial: Partial | None = None
    rejected_every: int = 0

    @property
    def index(self) -> str:
        """The index that the path names; "" if it names none."""
        return self.segments.get("index", "")

    def json(self) -> Any:
        """The body; {} if there is none.

        Raises:
            SearchError: it is no JSON.
        """
        return parse(self.body) if self.body.strip() else {}

    def truth(self, name: str, default: bool = False) -> bool:
        """A boolean parameter; one without a value is true.

        Raises:
            SearchError: it is neither true nor false.
        """
        value = self.parameters.get(name)
        if value is None:
            return default
        if value not in ("", "true", "false"):
            raise illegal(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")
        return value != "false"

    def number(self, name: str) -> int | None:
        """A whole number among the parameters.

        Raises:
            SearchError: it is none.
        """
        value = self.parameters.get(name)
        if value is None:
            return None
        try:
            return int(value)
        except ValueError:
            raise illegal(f"Failed to parse int parameter [{name}] with value [{value}]") from None


@dataclass(frozen=True)
class Answer:
    """An answer.

    Attributes:
        body: written as JSON; text as it is; None: no body.
        wait_us: how long until it is given (refresh=wait_for).
    """

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait_us: int = 0


def parse(text: bytes) -> Any:
    """JSON.

    Raises:
        SearchError: it is none.
    """
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SearchError(400, "json_parse_exception", f"The JSON cannot be read: {error}") from None


def read_parts(request: Request) -> tuple[str, list[str], dict[str, str]]:
    """Path, its decoded segments and the parameters of a request."""
    url = urlsplit(request.url)
    path = url.path or "/"
    segments = [unquote(one) for one in path.strip("/").split("/")] if path.strip("/") else []
    return path, segments, dict(parse_qsl(url.query, keep_blank_values=True))
