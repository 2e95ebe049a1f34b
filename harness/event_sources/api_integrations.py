"""What stands behind a route of a REST API where it is no function: S3 itself, an HTTP server, a mock.

S3 is called as a function would call it, through the same gateway: latency, faults,
notifications and the trace are the same. Left out: the integration's role (its policy is not
looked at), templates.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-s3.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

import re
from collections.abc import Callable
from urllib.parse import quote, urlencode

from harness.cloud.account import REGION
from harness.cloud.template import ApiSpec, IntegrationSpec, RouteSpec
from harness.event_sources.api_answers import rest_headers
from harness.event_sources.api_events import is_binary
from harness.event_sources.api_jwt import Send
from harness.event_sources.api_request import Matched
from harness.event_sources.api_responses import GatewayRefusal
from harness.simulation.wire import Loss, NoReply, Reply, Request

_LEFT_ALONE = "/!$&'()*+,;=:@\"<>[]\\^`{|}~"
"""Of a decoded path parameter only `%` is encoded again (and what could be no part of a URL's path)."""

_CREDENTIAL = f"AWS4-HMAC-SHA256 Credential=APIGATEWAY/20260105/{REGION}/s3/aws4_request"


async def integrate(api: ApiSpec, route: RouteSpec, matched: Matched, send: Send) -> Reply:
    """The integration's answer, as the method's responses map it.

    Raises:
        GatewayRefusal: no answer came, or none of the responses is for it.
    """
    integration = route.integration
    assert integration is not None
    if integration.kind == "mock":
        return _mapped(integration, Reply(integration.mock_status))
    build = _to_s3 if integration.kind == "s3" else _to_http
    answer = await send(build(api, route, integration, matched))
    if isinstance(answer, NoReply):
        raise _lost(answer, integration, route)
    if integration.kind == "http_proxy":
        return Reply(answer.status, rest_headers(answer.headers), answer.body)
    return _mapped(integration, answer)


def _lost(answer: NoReply, integration: IntegrationSpec, route: RouteSpec) -> GatewayRefusal:
    if answer.loss is Loss.READ_TIMEOUT:
        return GatewayRefusal(
            "INTEGRATION_TIMEOUT", f"no answer of {integration.uri} within {route.timeout_ms / 1000:g} s"
        )
    return GatewayRefusal("INTEGRATION_FAILURE", f"{integration.uri}: {answer.loss}")


def _to_s3(api: ApiSpec, route: RouteSpec, integration: IntegrationSpec, matched: Matched) -> Request:
    bucket, _, key = integration.uri.partition("/")
    path = _filled(key, integration, matched, lambda value: quote(value, safe=_LEFT_ALONE))
    url = f"https://{bucket}.s3.{REGION}.amazonaws.com/{path}"
    body = matched.request.body
    if not is_binary(api, matched.request.header("content-type") or "application/json"):
        body = body.decode(errors="replace").encode()
    headers = {
        "content-type": "application/json",
        **_of(integration, "header", matched),
        "content-length": str(len(body)),
        "authorization": _CREDENTIAL,
    }
    return _request(integration.method, url, integration, matched, headers, body, route)


def _to_http(api: ApiSpec, route: RouteSpec, integration: IntegrationSpec, matched: Matched) -> Request:
    request = matched.request
    url = _filled(integration.uri, integration, matched, lambda value: quote(value, safe=_LEFT_ALONE))
    method = request.method if integration.method == "ANY" else integration.method
    headers: dict[str, str] = {}
    for name, value in request.headers:
        key = name.lower()
        headers[key] = f"{headers[key]},{value}" if key in headers else value
    headers |= {**_of(integration, "header", matched), "content-length": str(len(request.body))}
    headers["host"] = url.partition("://")[2].partition("/")[0]
    return _request(method, url, integration, matched, headers, request.body, route, query=request.query)


def _request(
    method: str,
    url: str,
    integration: IntegrationSpec,
    matched: Matched,
    headers: dict[str, str],
    body: bytes,
    route: RouteSpec,
    *,
    query: str = "",
) -> Request:
    mapped = urlencode(_of(integration, "querystring", matched))
    whole = "&".join(part for part in (query, mapped) if part)
    return Request(
        method,
        f"{url}?{whole}" if whole else url,
        {name: value for name, value in headers.items() if value},
        body,
        connect_timeout_s=route.timeout_ms / 1000,
        read_timeout_s=route.timeout_ms / 1000,
    )


def _of(integration: IntegrationSpec, where: str, matched: Matched) -> dict[str, str]:
    """The mapped values for one place of a request: headers in lower case."""
    values = {}
    for target, expression in integration.parameters.items():
        place, _, name = target.partition(".")
        if place == where:
            values[name.lower() if where == "header" else name] = matched.value(expression)
    return values


def _filled(pattern: str, integration: IntegrationSpec, matched: Matched, encoded: Callable[[str], str]) -> str:
    values = _of(integration, "path", matched)
    return re.sub(r"\{([^}+]+)\+?\}", lambda found: encoded(values.get(found[1], "")), pattern)


def _mapped(integration: IntegrationSpec, answer: Reply) -> Reply:
    """The first response whose pattern the status matches, else the default one."""
    status = str(answer.status)
    own = [one for one in integration.responses if one.pattern and re.fullmatch(one.pattern, status)]
    response = next(iter(own or [one for one in integration.responses if not one.pattern]), None)
    if response is None:
        raise GatewayRefusal("API_CONFIGURATION_ERROR", f"no response of the method is for the integration's {status}")
    headers = {"content-type": "application/json"}
    for name, source in response.headers.items():
        found = source.strip("'") if source.startswith("'") else answer.headers.get(source.split(".", 3)[3].lower(), "")
        if found:
            headers[name.lower()] = found
    return Reply(response.status, headers, answer.body if response.body is None else response.body.encode())
