"""JWT authorizers of HTTP APIs: who issued the token, for whom, until when, and with which scopes.

The issuer is an HTTP service outside: its discovery document names its keys, which are kept
for two hours (and asked for again when a token names a key that is not among them).

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
and https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from harness.cloud.template import AuthorizerSpec, RouteSpec
from harness.event_sources.api_request import Matched
from harness.event_sources.api_responses import GatewayRefusal
from harness.event_sources.rs256 import NotAToken, is_signed, parse
from harness.simulation.clock import Clock
from harness.simulation.wire import Answer, Reply, Request

Send = Callable[[Request], Awaitable[Answer]]
"""Carries a request of the gateway itself out."""

KEYS_KEPT_S = 7200
FETCH_LIMIT_S = 1.5
"""Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""

_DISCOVERY = "/.well-known/openid-configuration"


class JwtAuthorizer:
    """One JWT authorizer, with the keys of its issuer."""

    def __init__(self, spec: AuthorizerSpec, clock: Clock, send: Send) -> None:
        self._spec = spec
        self._clock = clock
        self._send = send
        self._keys: list[dict[str, Any]] = []
        self._known_until_us = 0

    async def authorize(self, route: RouteSpec, matched: Matched) -> dict[str, Any]:
        """The claims of a request's token.

        Raises:
            GatewayRefusal: it has none, or a wrong one (401), or it lacks the route's scopes (403).
        """
        given = matched.value(self._spec.identity_sources[0]).strip()
        token = given[len("bearer ") :].strip() if given.lower().startswith("bearer ") else given
        if not token:
            raise GatewayRefusal("UNAUTHORIZED", "no token", headers={"www-authenticate": "Bearer"})
        try:
            header, claims, signed, signature = parse(token)
        except NotAToken:
            raise self._invalid("the token is malformed") from None
        if not self._is_issuer(claims):
            raise self._invalid("the token was not issued by a trusted issuer")
        key = await self._key(header.get("kid"))
        if key is None:
            raise self._invalid("the key that signed the token is not among the issuer's")
        if not is_signed(signed, signature, header.get("alg"), key):
            raise self._invalid("the token's signature is wrong")
        self._check_claims(claims)
        self._check_scopes(claims, route)
        return claims

    def _is_issuer(self, claims: dict[str, Any]) -> bool:
        return claims.get("iss") == self._spec.issuer

    def _check_claims(self, claims: dict[str, Any]) -> None:
        """Audience and times, in seconds since 1970."""
        audience = claims["aud"] if "aud" in claims else claims.get("client_id")
        listed = audience if isinstance(audience, list) else [audience]
        if not any(one in self._spec.audience for one in listed):
            raise self._invalid("the token does not have a valid audience")
        now_s = self._clock.unix_s()
        for name in ("exp", "nbf", "iat"):
            value = claims.get(name)
            missing = name == "exp" and value is None
            if missing or isinstance(value, bool) or not isinstance(value, int | float | None):
                raise self._invalid(f"the token has no valid {name}")
        if now_s >= claims["exp"]:
            raise self._invalid("the token has expired")
        if (claims.get("nbf") or 0) > now_s:
            raise self._invalid("the token is not valid yet")
        if (claims.get("iat") or 0) > now_s:
            raise self._invalid("the token was issued in the future")

    def _check_scopes(self, claims: dict[str, Any], route: RouteSpec) -> None:
        if not route.scopes or set(route.scopes) & set(_scopes(claims)):
            return
        wanted = " ".join(route.scopes)
        challenge = f'Bearer scope="{wanted}" error="insufficient_scope"'
        raise GatewayRefusal("ACCESS_DENIED", f"no scope of {wanted}", headers={"www-authenticate": challenge})

    def _invalid(self, description: str) -> GatewayRefusal:
        challenge = f'Bearer scope="" error="invalid_token" error_description="{description}"'
        return GatewayRefusal("UNAUTHORIZED", description, headers={"www-authenticate": challenge})

    # ---- keys --------------------------------------------------------------------------------

    async def _key(self, name: object) -> dict[str, Any] | None:
        known = self._clock.now_us < self._known_until_us
        if not known or not any(key.get("kid") == name for key in self._keys):
            await self._fetch_keys()
        return next((key for key in self._keys if key.get("kid") == name), None)

    async def _fetch_keys(self) -> None:
        issuer = self._spec.issuer.removesuffix("/")
        address = (await self._fetch(f"{issuer}{_DISCOVERY}")).get("jwks_uri")
        keys = (await self._fetch(str(address))).get("keys")
        self._keys = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
        self._known_until_us = self._clock.now_us + KEYS_KEPT_S * 1_000_000

    async def _fetch(self, url: str) -> dict[str, Any]:
        answer = await self._send(Request("GET", url, connect_timeout_s=FETCH_LIMIT_S, read_timeout_s=FETCH_LIMIT_S))
        if isinstance(answer, Reply) and answer.status == 200:
            try:
                document = json.loads(answer.body)
            except (ValueError, RecursionError):
                document = None
            if isinstance(document, dict):
                return document
        raise self._invalid(f"the issuer's {url.rpartition('/')[2]} cannot be read")


def jwt_context(claims: dict[str, Any], route: RouteSpec) -> dict[str, Any]:
    """`requestContext.authorizer` of the function behind the route: of format 1.0, or `jwt` of 2.0."""
    texts = {name: _text(value) for name, value in claims.items()}
    found = {"claims": texts, "scopes": list(route.scopes) or None}
    return {"jwt": found} if route.payload_format_version == "2.0" else found


def _scopes(claims: dict[str, Any]) -> list[str]:
    """`scope` or `scp`: words of a text, or a list."""
    found = claims.get("scope", claims.get("scp", ""))
    return [str(one) for one in found] if isinstance(found, list) else str(found).split()


def _text(value: Any) -> str:
    """Claims reach the function as texts; a list as "[a b]"."""
    if isinstance(value, list):
        return f"[{' '.join(_text(one) for one in value)}]"
    return value if isinstance(value, str) else json.dumps(value)
