"""Which route takes a request, and with which path parameters.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
"""

from urllib.parse import SplitResult, unquote, urlsplit

from harness.cloud.template import ApiSpec, RouteSpec

Found = tuple[RouteSpec, dict[str, str]]


def find_route(api: ApiSpec, method: str, path: str) -> Found | None:
    """The most specific route for a request, with its path parameters, decoded."""
    matches = [
        (_rank(route, method, api.kind), route, parameters)
        for route in api.routes
        if (parameters := _match(route, method, path)) is not None
    ]
    if not matches:
        return None
    _, route, parameters = min(matches, key=lambda match: match[0])
    return route, parameters


def parts_of(url: str) -> SplitResult:
    """The parts of what a client asks for; a path stays one though it begins with two slashes."""
    if not url.startswith("/"):
        return urlsplit(url)
    path, _, query = url.partition("#")[0].partition("?")
    return SplitResult("", "", path, query, "")


def below_stage(api: ApiSpec, method: str, url: str) -> tuple[str, str] | None:
    """Path (without the stage) and query of a URL; None if it lies outside the API's stage.

    A path alone is below the stage, but may carry it, as the `Location` of an answer may.
    """
    parts = parts_of(url)
    path = parts.path or "/"
    stage_path = urlsplit(api.endpoint).path
    has_stage = bool(stage_path) and f"{path}/".startswith(f"{stage_path}/")
    without = (path[len(stage_path) :] or "/") if has_stage else path
    if parts.scheme:
        return (without, parts.query) if has_stage or not stage_path else None
    return without if has_stage and not find_route(api, method, path) else path, parts.query


def _match(route: RouteSpec, method: str, path: str) -> dict[str, str] | None:
    """Path parameters if the route takes this request, else None."""
    if route.method not in ("ANY", method):
        return None
    if route.path == "$default":
        return {}
    wanted, given = route.path.strip("/").split("/"), path.strip("/").split("/")
    parameters: dict[str, str] = {}
    for position, segment in enumerate(wanted):
        if segment.startswith("{") and segment.endswith("+}"):
            rest = "/".join(given[position:])
            return {**parameters, segment[1:-2]: unquote(rest)} if rest else None
        if position >= len(given):
            return None
        if segment.startswith("{"):
            if not given[position]:
                return None
            parameters[segment[1:-1]] = unquote(given[position])
        elif segment not in (given[position], unquote(given[position])):
            return None
    return parameters if len(wanted) == len(given) else None


def _rank(route: RouteSpec, method: str, kind: str) -> tuple[int, list[int], int]:
    """Smaller is more specific: segment by segment, literal before variable before greedy.

    An HTTP API takes any full match before a greedy one, and $default last.
    """
    if route.path == "$default":
        return 2, [], int(route.method != method)
    kinds = [2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in route.path.split("/")]
    is_greedy = kind == "http" and 2 in kinds
    return int(is_greedy), kinds, int(route.method != method)
