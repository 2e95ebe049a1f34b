"""Cross-origin rules: a setting of an HTTP API; of a REST API, OPTIONS routes that SAM adds.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-corsconfiguration.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
"""

from harness.cloud.template.model_api import CorsSpec, IntegrationSpec, MappedResponseSpec, RouteSpec
from harness.cloud.template.stack import Resource
from harness.cloud.template.tree import Map, section

ALL_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def http_cors(properties: Map) -> CorsSpec | None:
    """CorsConfiguration of an HTTP API; `true` is any origin and nothing more."""
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


def rest_cors(properties: Map) -> CorsSpec | None:
    """Cors of a REST API. SAM wants the values of headers in single quotes, as API Gateway's mappings do."""
    cors = properties.get("Cors")
    if cors is None:
        return None
    if isinstance(cors, str):
        return CorsSpec(allow_origins=(unquoted(cors),))

    def listed(key: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in unquoted(cors.get(key, "")).split(",") if word.strip())

    age = unquoted(cors.get("MaxAge", ""))
    return CorsSpec(
        allow_origins=listed("AllowOrigin"),
        allow_methods=listed("AllowMethods"),
        allow_headers=listed("AllowHeaders"),
        allow_credentials=cors.get("AllowCredentials", False),
        max_age_s=int(age) if age else None,
    )


def options_routes(api: Resource, routes: tuple[RouteSpec, ...], cors: CorsSpec | None) -> tuple[RouteSpec, ...]:
    """The OPTIONS mock that SAM adds to each path of a REST API that has none."""
    if cors is None:
        return ()
    auth = section(api.properties, "Auth")
    guarded = auth.get("AddDefaultAuthorizerToCorsPreflight", True)
    keyed = auth.get("ApiKeyRequired", False) and auth.get("AddApiKeyRequiredToCorsPreflight", True)
    by_path: dict[str, list[str]] = {}
    for route in routes:
        by_path.setdefault(route.path, []).append(route.method)
    return tuple(
        RouteSpec(
            method="OPTIONS",
            path=path,
            function="",
            event="",
            payload_format_version="1.0",
            timeout_ms=29_000,
            authorizer=auth.get("DefaultAuthorizer", "") if guarded else "",
            key_required=keyed,
            integration=_mock(_headers(cors, methods)),
            line=api.place.line,
        )
        for path, methods in by_path.items()
        if "OPTIONS" not in methods
    )


def _mock(headers: dict[str, str]) -> IntegrationSpec:
    return IntegrationSpec(
        kind="mock", responses=(MappedResponseSpec(pattern="", status=200, headers=headers, body="{}\n"),)
    )


def _headers(cors: CorsSpec, methods: list[str]) -> dict[str, str]:
    allowed = cors.allow_methods or (ALL_METHODS if "ANY" in methods else tuple(sorted({*methods, "OPTIONS"})))
    values = {
        "Access-Control-Allow-Origin": ",".join(cors.allow_origins),
        "Access-Control-Allow-Headers": ",".join(cors.allow_headers),
        "Access-Control-Allow-Methods": ",".join(allowed),
        "Access-Control-Max-Age": "" if cors.max_age_s is None else str(cors.max_age_s),
        "Access-Control-Allow-Credentials": "true" if cors.allow_credentials else "",
    }
    return {name: f"'{value}'" for name, value in values.items() if value}


def unquoted(text: str) -> str:
    """A mapping's text without its single quotes."""
    return text.removeprefix("'").removesuffix("'")
