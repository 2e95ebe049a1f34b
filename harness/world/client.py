"""A client's request as a test words it, made into what goes over the line."""

from __future__ import annotations

import json as json_format
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from harness.simulation.wire import TEST, Reply, Request

if TYPE_CHECKING:
    from harness.cloud.gateway import Gateway

Values = Mapping[str, str | Sequence[str]]
"""Headers or query parameters: a name may have several values."""


def content_of(json: Any, body: bytes | str | None, headers: Values | None) -> tuple[bytes, dict[str, Any]]:
    """The body's bytes, and the headers with those that every client sends."""
    sent: dict[str, Any] = {"Host": "api.example.com", "User-Agent": "kata-client/1.0", **(headers or {})}
    if json is not None:
        names = {name.lower() for name in sent}
        if "content-type" not in names:
            sent["Content-Type"] = "application/json"
        return json_format.dumps(json).encode(), sent
    content = body.encode() if isinstance(body, str) else body or b""
    return content, sent


def with_query(url: str, query: Values | None) -> str:
    """The URL with more parameters, percent-encoded."""
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query, doseq=True)}"


async def send_to(
    gateway: Gateway, method: str, url: str, body: bytes | str | None, headers: Mapping[str, str] | None
) -> Reply:
    """Sends a request to any address, as a stranger to the cloud; status 0: no answer came."""
    content = body.encode() if isinstance(body, str) else body or b""
    sent = {"user-agent": "kata-client/1.0", "content-length": str(len(content))}
    sent |= {name.lower(): value for name, value in (headers or {}).items()}
    answer = await gateway.send(gateway.open(Request(method, url, sent, content), TEST, 1))
    return answer if isinstance(answer, Reply) else Reply(0)
