"""Builds the specs of APIs: their routes, and what guards and limits them.

Sources: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html
"""

import re

from harness.cloud.template.api_cors import http_cors, options_routes, rest_cors, unquoted
from harness.cloud.template.api_limits import default_throttling, route_throttling, usage_plan
from harness.cloud.template.authorizers import authorizer_specs, route_authorizer, route_scopes
from harness.cloud.template.errors import DuplicateRoute, MissingProperty, UnsupportedProperty
from harness.cloud.template.model_api import ApiSpec, GatewayResponseSpec, RouteSpec
from harness.cloud.template.openapi import binary_types, body_routes, refuse_unknown_routes
from harness.cloud.template.sam_globals import API_ID, IMPLICIT_APIS
from harness.cloud.template.schema import FUNCTION, HTTP_API, REST_API
from harness.cloud.template.shapes import Spot
from harness.cloud.template.stack import Event, Resource, Stack
from harness.cloud.template.tree import section

REST_TIMEOUT_MS = 29_000
HTTP_TIMEOUT_MS = 30_000
_SEGMENT = re.compile(r"[A-Za-z0-9._~%:!$&'()*+,;=@-]+|\{[A-Za-z0-9._-]+\+?\}|")
_CONTEXT_WORDS = re.compile(r"\$context\.[A-Za-z.]+")


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
    cors = rest_cors(properties) if rest else http_cors(properties)
    routes = _all_routes(api, stack)
    return ApiSpec(
        logical_id=api.logical_id,
        kind="rest" if rest else "http",
        name=properties.get("Name", ""),
        api_id=api_id,
        stage=stage,
        endpoint=host if stage == "$default" else f"{host}/{stage}",
        routes=routes + (options_routes(api, routes, cors) if rest else ()),
        authorizers=authorizers,
        default_authorizer=auth.get("DefaultAuthorizer", ""),
        cors=cors,
        authorize_preflight=rest
        and "DefaultAuthorizer" in auth
        and auth.get("AddDefaultAuthorizerToCorsPreflight", True),
        throttling=default_throttling(api),
        route_throttling=route_throttling(api, routes, stack),
        binary_media_types=binary_types(properties),
        stage_variables=dict(section(properties, "Variables" if rest else "StageVariables")),
        usage_plan=usage_plan(api),
        key_source=properties.get("ApiKeySourceType", "HEADER"),
        gateway_responses=_gateway_responses(api),
        line=api.place.line,
    )


def _all_routes(api: Resource, stack: Stack) -> tuple[RouteSpec, ...]:
    """Those of the functions' events; where there is a DefinitionBody, its own."""
    of_events = _event_routes(api, stack)
    if "DefinitionBody" not in api.properties:
        return tuple(of_events.values())
    of_body = body_routes(api, stack)
    if api.properties.get("MergeDefinitions", False):
        of_body |= {key: route for key, route in of_events.items() if key not in of_body}
    refuse_unknown_routes(api, of_events, of_body)
    return tuple(of_body.values())


def _event_routes(api: Resource, stack: Stack) -> dict[tuple[str, str], RouteSpec]:
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
    return routes


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
        check_path(path, event.spot.below("Path", properties.value_place("Path")))
    elif rest:
        raise event.spot.below("Path", properties.value_place("Path")).refused(path, "a path that begins with /")
    authorizer = route_authorizer(event, api)
    own, common = section(properties, "Auth"), section(api.properties, "Auth")
    return RouteSpec(
        method=method or "ANY",
        path=path,
        function=function.logical_id,
        event=event.name,
        payload_format_version="1.0" if rest else properties.get("PayloadFormatVersion", "2.0"),
        timeout_ms=properties.get("TimeoutInMillis", REST_TIMEOUT_MS if rest else HTTP_TIMEOUT_MS),
        authorizer=authorizer,
        scopes=route_scopes(event, authorizer, api),
        key_required=own.get("ApiKeyRequired", common.get("ApiKeyRequired", False)),
        line=event.spot.place.line,
    )


def check_path(path: str, spot: Spot) -> None:
    """The path is one that API Gateway takes.

    Raises:
        PropertyOutOfRange: it is not.
    """
    segments = path[1:].split("/")
    for position, segment in enumerate(segments):
        if not _SEGMENT.fullmatch(segment):
            raise spot.refused(path, "segments of plain characters, {name} or, at the end, {name+}")
        if segment.endswith("+}") and position != len(segments) - 1:
            raise spot.refused(path, "{name+} at the end only")
    names = re.findall(r"\{([^}+]+)\+?\}", path)
    if len(set(names)) < len(names):
        raise spot.refused(path, "each parameter once")


def _gateway_responses(api: Resource) -> dict[str, GatewayResponseSpec]:
    responses = section(api.properties, "GatewayResponses")
    return {kind: _gateway_response(kind, api) for kind in responses}


def _gateway_response(kind: str, api: Resource) -> GatewayResponseSpec:
    response = api.properties["GatewayResponses"][kind]
    spot = api.spot("GatewayResponses").below(kind, response.place)
    headers = section(section(response, "ResponseParameters"), "Headers")
    templates = section(response, "ResponseTemplates")
    for name, value in headers.items():
        if not re.fullmatch(r"'[^']*'", value):
            raise spot.below(f"ResponseParameters.Headers.{name}", headers.value_place(name)).refused(
                value, "a text in single quotes, as in \"'*'\""
            )
    content_type = "application/json" if "application/json" in templates else next(iter(templates), "application/json")
    template = templates.get(content_type, "")
    if "#" in template or "$" in _CONTEXT_WORDS.sub("", template):
        raise spot.below("ResponseTemplates", templates.place).error(
            UnsupportedProperty, f"A template of {spot.path} of {spot.resource} uses more than $context variables.",
            expected="plain text with $context.error.messageString, $context.error.message, $context.requestId ...",
        )  # fmt: skip
    return GatewayResponseSpec(
        status=response.get("StatusCode"),
        headers={name: unquoted(value) for name, value in headers.items()},
        template=template,
        content_type=content_type,
    )
