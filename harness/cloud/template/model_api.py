"""APIs of a template as plain data: routes and what stands behind them, authorizers, limits."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorizerSpec:
    """An authorizer of an API.

    Attributes:
        kind: "token" or "request" (Lambda, REST), "lambda" (Lambda, HTTP), "jwt" (HTTP).
        function: logical id; "" for "jwt".
        identity_sources: as API Gateway writes them: "method.request.header.Authorization",
            "$request.header.Authorization".
        validation: regular expression the token must match; "": any.
        ttl_s: how long a result is cached; 0: not at all.
        payload_format_version: "1.0" or "2.0".
        simple_responses: whether the function may answer {isAuthorized, context}.
        may_invoke: whether API Gateway has the permission to invoke the function.
        issuer: of a JWT: its `iss`, and where its keys are found.
        audience: of a JWT: what its `aud` or `client_id` must be one of.
    """

    name: str
    kind: str
    function: str = ""
    identity_sources: tuple[str, ...] = ()
    validation: str = ""
    ttl_s: int = 0
    payload_format_version: str = "1.0"
    simple_responses: bool = False
    may_invoke: bool = True
    issuer: str = ""
    audience: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class MappedResponseSpec:
    """What an integration's answer becomes.

    Attributes:
        pattern: the integration's status must match it; "": the default, for any other status.
        headers: by name, each "'text'" or "integration.response.header.NAME".
        body: a text in the place of the integration's body; None: the body is passed on.
    """

    pattern: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class IntegrationSpec:
    """What stands behind a route of a REST API where it is no function.

    Attributes:
        kind: "s3" (the service itself), "http_proxy" or "mock".
        method: of the request that is sent; "ANY": the client's.
        uri: where it is sent, with `{name}` for parameters of its path: "bucket/{key}" for S3.
        parameters: by target ("path.key", "header.Content-Type", "querystring.q"), each an
            expression: "method.request.path.key", "'text'".
        mock_status: what a mock pretends to be answered.
        responses: none for a proxy.
    """

    kind: str
    method: str = ""
    uri: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    mock_status: int = 200
    responses: tuple[MappedResponseSpec, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteSpec:
    """One route of an API, and the function (or integration) behind it.

    Attributes:
        method: upper case; "ANY".
        path: with `{name}` and `{name+}`; "$default" for an HTTP API's catch-all.
        function: logical id; "" where there is an integration.
        payload_format_version: of the event: "1.0" for REST APIs, "2.0" or "1.0" for HTTP APIs.
        timeout_ms: how long the gateway waits for the function.
        authorizer: name in ApiSpec.authorizers; "": open.
        scopes: a JWT must have one of these; none: any will do.
        key_required: whether a client must send an API key.
        may_invoke: whether API Gateway has the permission to invoke the function.
    """

    method: str
    path: str
    function: str
    event: str
    payload_format_version: str
    timeout_ms: int
    authorizer: str = ""
    scopes: tuple[str, ...] = ()
    key_required: bool = False
    may_invoke: bool = True
    integration: IntegrationSpec | None = None
    line: int = 0

    @property
    def key(self) -> str:
        """As RouteSettings and events write it: "GET /orders/{id}", "$default"."""
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CorsSpec:
    """Cross-origin rules of an API; texts as they go into the headers."""

    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    allow_credentials: bool = False
    max_age_s: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ThrottlingSpec:
    """A token bucket at the gateway. Requests above it are answered 429."""

    rate_per_s: float
    burst: int


@dataclass(frozen=True, kw_only=True, slots=True)
class UsagePlanSpec:
    """What the one API key of a REST API allows.

    Attributes:
        quota: requests in a period; None: no limit.
        period: "DAY", "WEEK", "MONTH".
        used: requests taken off the first period's quota.
    """

    throttling: ThrottlingSpec | None = None
    quota: int | None = None
    period: str = "DAY"
    used: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewayResponseSpec:
    """How a REST API words an answer of its own.

    Attributes:
        status: None: the usual one.
        headers: by name.
        template: the body, with `$context.error.messageString` and the like; "": the usual one.
        content_type: of that body.
    """

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    template: str = ""
    content_type: str = "application/json"


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiSpec:
    """An API Gateway API with its one stage.

    Attributes:
        kind: "http" or "rest".
        name: of a REST API: its metrics bear it; "": the stack's.
        api_id: ten characters, the first label of its host name.
        endpoint: with the stage's path, without a final slash: where clients send requests.
        throttling: for each route without its own; None: only the account's.
        route_throttling: by "METHOD /path".
        default_authorizer: of routes that name none themselves; already filled in there.
        usage_plan: None: the API has no key.
        key_source: "HEADER" or "AUTHORIZER": where a client's API key is read from.
        gateway_responses: by type, "DEFAULT_4XX" and "DEFAULT_5XX" among them.
    """

    logical_id: str
    kind: str
    api_id: str
    stage: str
    endpoint: str
    name: str = ""
    routes: tuple[RouteSpec, ...] = ()
    authorizers: dict[str, AuthorizerSpec] = field(default_factory=dict)
    default_authorizer: str = ""
    cors: CorsSpec | None = None
    authorize_preflight: bool = False
    throttling: ThrottlingSpec | None = None
    route_throttling: dict[str, ThrottlingSpec] = field(default_factory=dict)
    binary_media_types: tuple[str, ...] = ()
    stage_variables: dict[str, str] = field(default_factory=dict)
    usage_plan: UsagePlanSpec | None = None
    key_source: str = "HEADER"
    gateway_responses: dict[str, GatewayResponseSpec] = field(default_factory=dict)
    line: int = 0
