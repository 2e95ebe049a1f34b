"""Builds the specs of APIs: routes, CORS, throttling, Lambda authorizers.

Sources: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html
"""

import re

from harness.cloud.template.authorizers import authorizer_specs, route_authorizer
from harness.cloud.template.errors import DuplicateRoute, MissingProperty, PropertyOutOfRange
from harness.cloud.template.model import ApiSpec, CorsSpec, RouteSpec, ThrottlingSpec
from harness.cloud.template.sam_globals import API_ID, IMPLICIT_APIS
from harness.cloud.template.schema import FUNCTION, HTTP_API, REST_API
from harness.cloud.template.shapes import Spot
from harness.cloud.template.stack import Event, Resource, Stack
from harness.cloud.template.tree import Map, section

ACCOUNT_RATE_PER_S = 10_000
ACCOUNT_BURST = 5_000
"""Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""

REST_TIMEOUT_MS = 29_000
HTTP_TIMEOUT_MS = 30_000
_SEGMENT = re.compile(r"[A-Za-z0-9._~%:!$&'()*+,;=@-]+|\{[A-Za-z0-9._-]+\+?\}|")


def api_specs(stack: Stack) -> dict[str, ApiSpec]:
    """All APIs of the template with their routes."""
    return {api.logical_id: _api(api, stack) for api in stack.of(HTTP_API, REST_API)}


def api_of_event(event: Event, stack: Stack) -> Resource:
    """The API a route belongs to: the one it names, or the one SAM makes."""
    key = API_ID[event.kind]
    name, kind = IMPLICIT_APIS[event.kind]
    if key not in event.properties:
        return stack.resources[name]
    spot = event.spot.below(key, event.properties.value_place(key))
    return stack.named(event.properties[key], (kind,), spot, "write !Ref and the API's logical id")


def _api(api: Resource, stack: Stack) -> ApiSpec:
    rest = api.type == REST_API
    properties = api.properties
    stage = properties.get("StageName", "$default")
    api_id = stack.ref(api.logical_id)
    host = f"https://{api_id}.execute-api.{stack.region}.amazonaws.com"
    auth = section(properties, "Auth")
    authorizers = authorizer_specs(api, stack)
    routes = _routes(api, stack)
    return ApiSpec(
        logical_id=api.logical_id,
        kind="rest" if rest else "http",
        api_id=api_id,
        stage=stage,
        endpoint=host if stage == "$default" else f"{host}/{stage}",
        routes=routes,
        authorizers=authorizers,
        default_authorizer=auth.get("DefaultAuthorizer", ""),
        cors=_rest_cors(properties) if rest else _http_cors(properties),
        authorize_preflight=rest
        and "DefaultAuthorizer" in auth
        and auth.get("AddDefaultAuthorizerToCorsPreflight", True),
        throttling=_rest_throttling(properties).get("* /*")
        if rest
        else _throttling(section(properties, "DefaultRouteSettings")),
        route_throttling=_route_throttling(api, routes, stack),
        binary_media_types=tuple(each.replace("~1", "/") for each in properties.get("BinaryMediaTypes", ())),
        stage_variables=dict(section(properties, "Variables" if rest else "StageVariables")),
        line=api.place.line,
    )


def _routes(api: Resource, stack: Stack) -> tuple[RouteSpec, ...]:
    routes: dict[tuple[str, str], RouteSpec] = {}
    for function in stack.of(FUNCTION):
        for event in function.events:
            if event.kind not in API_ID or api_of_event(event, stack) is not api:
                continue
            route = _route(event, function, api)
            key = (route.method, route.path)
            if key in routes:
                raise event.spot.error(
                    DuplicateRoute,
                    f"{route.method} {route.path} of {api.logical_id} stands twice, on lines {routes[key].line} "
                    f"({routes[key].function}) and {route.line} ({route.function}).",
                    expected="one function behind each method and path",
                )  # fmt: skip
            routes[key] = route
    return tuple(routes.values())


def _route(event: Event, function: Resource, api: Resource) -> RouteSpec:
    properties = event.properties
    rest = api.type == REST_API
    path, method = properties.get("Path", ""), properties.get("Method", "").upper()
    for key, value in (("Path", path), ("Method", method)):
        if not value and (path or method):
            raise event.spot.error(
                MissingProperty, f"{event.spot.path} of {event.spot.resource} lacks {key}.",
                expected="Path and Method, or neither for all requests that no other route takes",
            )  # fmt: skip
    path = path or "$default"
    if path != "$default":
        _check_path(path, event.spot.below("Path", properties.value_place("Path")))
    elif rest:
        raise event.spot.below("Path", properties.value_place("Path")).refused(path, "a path that begins with /")
    return RouteSpec(
        method=method or "ANY",
        path=path,
        function=function.logical_id,
        event=event.name,
        payload_format_version="1.0" if rest else properties.get("PayloadFormatVersion", "2.0"),
        timeout_ms=properties.get("TimeoutInMillis", REST_TIMEOUT_MS if rest else HTTP_TIMEOUT_MS),
        authorizer=route_authorizer(event, api),
        line=event.spot.place.line,
    )


def _check_path(path: str, spot: Spot) -> None:
    segments = path[1:].split("/")
    for position, segment in enumerate(segments):
        if not _SEGMENT.fullmatch(segment):
            raise spot.refused(path, "segments of plain characters, {name} or, at the end, {name+}")
        if segment.endswith("+}") and position != len(segments) - 1:
            raise spot.refused(path, "{name+} at the end only")
    names = re.findall(r"\{([^}+]+)\+?\}", path)
    if len(set(names)) < len(names):
        raise spot.refused(path, "each parameter once")


def _throttling(settings: Map) -> ThrottlingSpec | None:
    rate, burst = settings.get("ThrottlingRateLimit"), settings.get("ThrottlingBurstLimit")
    if rate is None and burst is None:
        return None
    return ThrottlingSpec(
        rate_per_s=ACCOUNT_RATE_PER_S if rate is None else rate, burst=ACCOUNT_BURST if burst is None else burst
    )


def _rest_throttling(properties: Map) -> dict[str, ThrottlingSpec]:
    limits = {}
    for setting in properties.get("MethodSettings", ()):
        throttling = _throttling(setting)
        if throttling:
            path = setting.get("ResourcePath", "/*").replace("~1", "/")
            limits[f"{setting.get('HttpMethod', '*')} /{path.lstrip('/')}"] = throttling
    return limits


def _route_throttling(api: Resource, routes: tuple[RouteSpec, ...], stack: Stack) -> dict[str, ThrottlingSpec]:
    if api.type == REST_API:
        return {key: limit for key, limit in _rest_throttling(api.properties).items() if key != "* /*"}
    settings = section(api.properties, "RouteSettings")
    known = {_route_key(route) for route in routes}
    limits: dict[str, ThrottlingSpec] = {}
    for key in settings:
        if key not in known:
            raise api.spot().below(f"RouteSettings.{key}", settings.key_place(key)).error(
                PropertyOutOfRange, f"RouteSettings of {api.logical_id} names a route there is not: {key}.",
                expected=f"one of {', '.join(sorted(known)) or 'none'}",
            )  # fmt: skip
        limits |= {key: limit} if (limit := _throttling(settings[key])) else {}
    by_event = {route.event: route for route in routes}
    for function in stack.of(FUNCTION):
        for event in function.events:
            route = by_event.get(event.name)
            limit = _throttling(section(event.properties, "RouteSettings"))
            if limit and route and route.function == function.logical_id:
                limits[_route_key(route)] = limit
    return limits


def _route_key(route: RouteSpec) -> str:
    return route.path if route.path == "$default" else f"{route.method} {route.path}"


def _http_cors(properties: Map) -> CorsSpec | None:
    cors = properties.get("CorsConfiguration", False)
    if cors is True:
        return CorsSpec(allow_origins=("*",))
    if not cors:
        return None
    return CorsSpec(
        allow_origins=tuple(cors.get("AllowOrigins", ())),
        allow_methods=tuple(cors.get("AllowMethods", ())),
        allow_headers=tuple(cors.get("AllowHeaders", ())),
        expose_headers=tuple(cors.get("ExposeHeaders", ())),
        allow_credentials=cors.get("AllowCredentials", False),
        max_age_s=cors.get("MaxAge"),
    )


def _rest_cors(properties: Map) -> CorsSpec | None:
    """SAM wants the values of headers in single quotes, as API Gateway's mappings do."""
    cors = properties.get("Cors")
    if cors is None:
        return None
    if isinstance(cors, str):
        return CorsSpec(allow_origins=(_unquoted(cors),))

    def listed(key: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in _unquoted(cors.get(key, "")).split(",") if word.strip())

    age = _unquoted(cors.get("MaxAge", ""))
    return CorsSpec(
        allow_origins=listed("AllowOrigin"),
        allow_methods=listed("AllowMethods"),
        allow_headers=listed("AllowHeaders"),
        allow_credentials=cors.get("AllowCredentials", False),
        max_age_s=int(age) if age else None,
    )


def _unquoted(text: str) -> str:
    return text.removeprefix("'").removesuffix("'")
