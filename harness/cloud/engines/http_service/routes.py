"""Which handler answers which request, and the request as a handler sees it.

```python
class Shop(HttpService):
    @route("GET", "/orders/{id}", base_ms=40)
    def order(self, request: ServiceRequest) -> Reply:
        return json_reply(200, self.orders[request.segments["id"]])
```
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from harness.simulation.wire import Call, Reply

Handler = TypeVar("Handler", bound=Callable[[Any, "ServiceRequest"], Reply])


class ServiceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request as a service reads it.

    Attributes:
        path: as sent, without the query string.
        segments: what stands for the placeholders of the route's pattern, percent-decoded.
        query: parameters, decoded; of one given twice the last.
        body: the parsed JSON; None if there is no body; the bytes if they are not JSON.
        is_malformed: whether there is a body that is not JSON.
        route: the route that fits; None: there is none.
    """

    call: Call
    method: str
    path: str
    segments: dict[str, str]
    query: dict[str, str]
    body: Any
    is_malformed: bool
    route: "Route | None"


class Route(msgspec.Struct, frozen=True):
    """One line of a service's routing table.

    Attributes:
        method: "ANY" fits any.
        pattern: "/{kind}/{id}"; a placeholder stands for one segment of the path, and "{rest+}" at
            the end for all that is left.
        base_ms: how long it takes on an idle service; the work is done at the end.
        handler: name of the method that does the work.
    """

    method: str
    pattern: str
    base_ms: float
    handler: str


def route(method: str, pattern: str, *, base_ms: float) -> Callable[[Handler], Handler]:
    """Declares that a method answers requests of this form. Parameters as in `Route`."""

    def declare(handler: Handler) -> Handler:
        handler.__dict__["route"] = Route(method, pattern, base_ms, handler.__name__)
        return handler

    return declare


def declared_routes(service: type) -> list[Route]:
    """The routes declared on a class and its bases, in the order of definition."""
    members = (member for base in reversed(service.__mro__) for member in vars(base).values())
    return [found for member in members if isinstance(found := getattr(member, "route", None), Route)]


class RouteTable:
    """Finds the route of a request; the first declared one that fits wins."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_shape: dict[tuple[str, int], list[tuple[Route, list[str]]]] = {}
        self._greedy: list[tuple[Route, list[str]]] = []
        for entry in routes:
            parts = entry.pattern.split("/")
            if entry.method == "ANY" or parts[-1].endswith("+}"):
                self._greedy.append((entry, parts))
                continue
            self._by_shape.setdefault((entry.method, len(parts)), []).append((entry, parts))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route and what its placeholders stand for."""
        given = path.split("/")
        for entry, parts in self._by_shape.get((method, len(given)), []):
            segments = _fill(parts, given)
            if segments is not None:
                return entry, segments
        for entry, parts in self._greedy:
            if entry.method in ("ANY", method) and (segments := _fill_greedily(parts, given)) is not None:
                return entry, segments
        return None


def read(call: Call, table: RouteTable, *, json: bool = True) -> ServiceRequest:
    """Reads what a call asks for. Nothing is refused here: the service answers for that.

    Args:
        json: whether the body is parsed; else it stays bytes.
    """
    url = urlsplit(call.request.url)
    body, is_malformed = _parse(call.request.body) if json else (call.request.body, False)
    found, segments = table.find(call.request.method, url.path) or (None, {})
    return ServiceRequest(
        call=call,
        method=call.request.method,
        path=url.path,
        segments=segments,
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        body=body,
        is_malformed=is_malformed,
        route=found,
    )


def _parse(body: bytes) -> tuple[Any, bool]:
    if not body:
        return None, False
    try:
        return msgspec.json.decode(body), False
    except (ValueError, RecursionError):  # not JSON, not UTF-8, or nested without end
        return body, True


def _fill_greedily(parts: list[str], given: list[str]) -> dict[str, str] | None:
    if not parts[-1].endswith("+}"):
        return _fill(parts, given) if len(parts) == len(given) else None
    count = len(parts) - 1
    segments = _fill(parts[:count], given[:count]) if len(given) > count else None
    return None if segments is None else {**segments, parts[-1][1:-2]: unquote("/".join(given[count:]))}


def _fill(parts: list[str], given: list[str]) -> dict[str, str] | None:
    segments = {}
    for part, text in zip(parts, given, strict=True):
        if part.startswith("{") and text:
            segments[part[1:-1]] = unquote(text)
        elif part != text:
            return None
    return segments
