"""Builds the routes of a REST API from its `DefinitionBody`, an OpenAPI document with Amazon's extensions.

Integrations with functions, with S3 itself, with an HTTP server (as a proxy), and mocks. Left
out, and refused: other services, VTL templates, models, request validators.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
"""

import re
from collections.abc import Iterator, Mapping

from harness.cloud.template.authorizers import default_guard
from harness.cloud.template.errors import MissingProperty, PropertiesContradict, UnsupportedProperty
from harness.cloud.template.invoke_permissions import has_permission
from harness.cloud.template.model_api import RouteSpec
from harness.cloud.template.openapi_mappings import integration_of
from harness.cloud.template.schema import FUNCTION
from harness.cloud.template.shapes import Spot
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import Items, Map, section
from harness.cloud.template.types_openapi import ANY_METHOD, INTEGRATION, METHODS, PAGE

REST_TIMEOUT_MS = 29_000
_FUNCTION_URI = re.compile(r"arn:aws:apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/(?P<arn>[^/]+)/invocations")

Routes = dict[tuple[str, str], RouteSpec]


def binary_types(properties: Map) -> tuple[str, ...]:
    """BinaryMediaTypes of an API, and those of its document."""
    of_body = section(properties, "DefinitionBody").get("x-amazon-apigateway-binary-media-types", ())
    types = [each.replace("~1", "/") for each in properties.get("BinaryMediaTypes", ())]
    return tuple(dict.fromkeys([*types, *of_body]))


def body_routes(api: Resource, stack: Stack) -> Routes:
    """The routes of an API's document, by method and path."""
    routes: Routes = {}
    paths = section(api.properties["DefinitionBody"], "paths")
    for path, item in paths.items():
        for method in (*METHODS, ANY_METHOD):
            if method in item:
                spot = api.spot("DefinitionBody").below(f"paths.{path}.{method}", item.key_place(method))
                route = _route(api, stack, path, item, method, Spot(spot.resource, spot.path, spot.place, PAGE))
                routes[route.method, route.path] = route
    return routes


def refuse_unknown_routes(api: Resource, of_events: Routes, of_body: Routes) -> None:
    """Refuses an event whose route the document lacks: AWS would deploy it, and no request would ever reach it.

    Raises:
        PropertiesContradict: with the line of the event.
    """
    for key, route in of_events.items():
        if key not in of_body:
            raise PropertiesContradict(
                f"Event {route.event} of {route.function} names {route.key}, which the DefinitionBody of "
                f"{api.logical_id} does not have: no request would reach it.",
                expected="a path and method of the DefinitionBody",
                try_="add it there, or set MergeDefinitions: true",
                line=route.line,
            )


def _route(api: Resource, stack: Stack, path: str, item: Map, method: str, spot: Spot) -> RouteSpec:
    operation: Map = item[method]
    integration: Map = operation[INTEGRATION]
    kind = integration["type"].lower()
    inside = spot.below(INTEGRATION, operation.key_place(INTEGRATION))
    common = section(api.properties, "Auth")
    verb = "ANY" if method == ANY_METHOD else method.upper()
    guarded = verb != "OPTIONS" or common.get("AddDefaultAuthorizerToCorsPreflight", True)
    function = _function(integration, inside, stack) if kind == "aws_proxy" else None
    declared = {(each["in"], each["name"]) for each in _parameters(item, operation)}
    return RouteSpec(
        method=verb,
        path=path,
        function=function.logical_id if function else "",
        event="",
        payload_format_version="1.0",
        timeout_ms=integration.get("timeoutInMillis", REST_TIMEOUT_MS),
        authorizer=default_guard(api) if guarded else "",
        key_required=common.get("ApiKeyRequired", False),
        may_invoke=function is None or "credentials" in integration or _permitted(function, api, stack),
        integration=None if function else integration_of(integration, declared, _headers_declared(operation), inside),
        line=spot.place.line,
    )


def _function(integration: Map, spot: Spot, stack: Stack) -> Resource:
    uri = _required(integration, "uri", spot)
    found = _FUNCTION_URI.fullmatch(uri)
    inside = spot.below("uri", integration.value_place("uri"))
    if not found:
        raise inside.error(
            UnsupportedProperty, f"{inside.path} of {inside.resource} is {uri}: no function's.",
            expected="arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations",
        )  # fmt: skip
    if integration.get("httpMethod", "").upper() != "POST":
        raise spot.below("httpMethod", integration.value_place("httpMethod")).refused(
            integration.get("httpMethod", "missing"),
            "POST: that is how Lambda is invoked, whatever the client's method",
        )
    return stack.named(found["arn"], (FUNCTION,), inside, "write ${Function.Arn} in a Fn::Sub")


def _permitted(function: Resource, api: Resource, stack: Stack) -> bool:
    """By an event of the function for this API, or by a permission of its own."""
    api_id = stack.ref(api.logical_id)
    by_event = any(event.kind == "Api" and event.properties.get("RestApiId") == api_id for event in function.events)
    return by_event or has_permission(function, api, stack)


def _parameters(item: Map, operation: Map) -> Iterator[Map]:
    for owner in (item, operation):
        found = owner.get("parameters", Items())
        yield from found


def _headers_declared(operation: Map) -> Mapping[str, frozenset[str]]:
    """Names of response headers by status, as the method declares them."""
    responses = section(operation, "responses")
    return {
        status: frozenset(name.lower() for name in section(response, "headers"))
        for status, response in responses.items()
    }


def _required(integration: Map, key: str, spot: Spot) -> str:
    if key not in integration:
        raise spot.error(MissingProperty, f"{spot.path} of {spot.resource} lacks {key}.", expected=f"{key} is required")
    value: str = integration[key]
    return value
