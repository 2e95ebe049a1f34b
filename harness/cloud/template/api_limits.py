"""Throttling of an API, and the usage plan of its key.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
and https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiusageplan.html
"""

from harness.cloud.template.errors import PropertyOutOfRange
from harness.cloud.template.model_api import RouteSpec, ThrottlingSpec, UsagePlanSpec
from harness.cloud.template.schema import FUNCTION, REST_API
from harness.cloud.template.stack import Resource, Stack
from harness.cloud.template.tree import Map, section

ACCOUNT_RATE_PER_S = 10_000
ACCOUNT_BURST = 5_000
"""Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""

_EVERY_METHOD = "* /*"


def default_throttling(api: Resource) -> ThrottlingSpec | None:
    """The limit of every route without its own."""
    if api.type == REST_API:
        return _method_settings(api.properties).get(_EVERY_METHOD)
    return _throttling(section(api.properties, "DefaultRouteSettings"))


def route_throttling(api: Resource, routes: tuple[RouteSpec, ...], stack: Stack) -> dict[str, ThrottlingSpec]:
    """The limits of single routes, by "METHOD /path".

    Raises:
        PropertyOutOfRange: RouteSettings names a route there is not.
    """
    if api.type == REST_API:
        return {key: limit for key, limit in _method_settings(api.properties).items() if key != _EVERY_METHOD}
    settings = section(api.properties, "RouteSettings")
    known = {route.key for route in routes}
    limits: dict[str, ThrottlingSpec] = {}
    for key in settings:
        if key not in known:
            raise api.spot().below(f"RouteSettings.{key}", settings.key_place(key)).error(
                PropertyOutOfRange, f"RouteSettings of {api.logical_id} names a route there is not: {key}.",
                expected=f"one of {', '.join(sorted(known)) or 'none'}",
            )  # fmt: skip
        limits |= {key: limit} if (limit := _throttling(settings[key])) else {}
    return limits | _event_throttling(routes, stack)


def usage_plan(api: Resource) -> UsagePlanSpec | None:
    """What the key that SAM makes for the API allows; None if there is no such key."""
    plan = section(section(api.properties, "Auth"), "UsagePlan")
    if plan.get("CreateUsagePlan", "NONE") == "NONE":
        return None
    throttle, quota = section(plan, "Throttle"), section(plan, "Quota")
    return UsagePlanSpec(
        throttling=_limit(throttle.get("RateLimit"), throttle.get("BurstLimit")),
        quota=quota.get("Limit"),
        period=quota.get("Period", "DAY"),
        used=quota.get("Offset", 0),
    )


def _event_throttling(routes: tuple[RouteSpec, ...], stack: Stack) -> dict[str, ThrottlingSpec]:
    by_event = {(route.function, route.event): route for route in routes}
    limits = {}
    for function in stack.of(FUNCTION):
        for event in function.events:
            route = by_event.get((function.logical_id, event.name))
            limit = _throttling(section(event.properties, "RouteSettings"))
            if limit and route:
                limits[route.key] = limit
    return limits


def _method_settings(properties: Map) -> dict[str, ThrottlingSpec]:
    limits = {}
    for setting in properties.get("MethodSettings", ()):
        throttling = _throttling(setting)
        if throttling:
            path = setting.get("ResourcePath", "/*").replace("~1", "/")
            limits[f"{setting.get('HttpMethod', '*')} /{path.lstrip('/')}"] = throttling
    return limits


def _throttling(settings: Map) -> ThrottlingSpec | None:
    return _limit(settings.get("ThrottlingRateLimit"), settings.get("ThrottlingBurstLimit"))


def _limit(rate: float | None, burst: int | None) -> ThrottlingSpec | None:
    if rate is None and burst is None:
        return None
    return ThrottlingSpec(
        rate_per_s=ACCOUNT_RATE_PER_S if rate is None else rate, burst=ACCOUNT_BURST if burst is None else burst
    )
