"""JWT authorizers of HTTP APIs, with an issuer that is a service outside.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
"""

import base64
import json
from typing import Any, ClassVar

import pytest

from harness.cloud.engines.http_service.replies import json_reply
from harness.cloud.engines.http_service.routes import ServiceRequest, route
from harness.cloud.engines.http_service.service import HttpService
from harness.simulation.clock import EPOCH
from harness.simulation.wire import Reply
from harness.tests.fidelity.conftest import App, Deploy
from harness.world import HttpAnswer, OutsideServiceSpec

pytest.importorskip("cryptography")

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, HashAlgorithm

ISSUER = "https://issuer.example"
OURS, THEIRS = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
NOW_S = int(EPOCH.timestamp())

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: src/, Handler: app.handler}}
Parameters: {IssuerUrl: {Type: String}}
Resources:
  Door:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers:
          Jwt:
            JwtConfiguration: {issuer: !Ref IssuerUrl, audience: [shop, back-office]}
            IdentitySource: $request.header.Authorization
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: HttpApi, Properties: {ApiId: !Ref Door, Path: /a, Method: get}}
        S:
          Type: HttpApi
          Properties: {ApiId: !Ref Door, Path: /scoped, Method: get, Auth: {AuthorizationScopes: [read, admin]}}
"""
APP = "def handler(event, context):\n    return event['requestContext']['authorizer']\n"


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(key: rsa.RSAPrivateKey = OURS, *, algorithm: str = "RS256", kid: str = "k1", **changed: Any) -> str:
    claims = {"iss": ISSUER, "aud": "shop", "sub": "ann", "exp": NOW_S + 600, **changed}
    header = {"alg": algorithm, "kid": kid}
    signed = ".".join(text(json.dumps(part).encode()) for part in (header, claims))
    digest: HashAlgorithm = SHA384() if algorithm == "RS384" else SHA256()
    return f"{signed}.{text(key.sign(signed.encode(), padding.PKCS1v15(), digest))}"


class Issuer(HttpService):
    """Says which keys it signs with."""

    discovered: ClassVar[int] = 0

    @route("GET", "/.well-known/openid-configuration", base_ms=20)
    def discover(self, request: ServiceRequest) -> Reply:
        """Where the keys are."""
        type(self).discovered += 1
        return json_reply(200, {"issuer": self.url, "jwks_uri": f"{self.url}/keys"})

    @route("GET", "/keys", base_ms=20)
    def keys(self, request: ServiceRequest) -> Reply:
        """The keys."""
        numbers = OURS.public_key().public_numbers()
        n, e = (text(number.to_bytes((number.bit_length() + 7) // 8)) for number in (numbers.n, numbers.e))
        return json_reply(200, {"keys": [{"kty": "RSA", "kid": "k1", "use": "sig", "n": n, "e": e}]})


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": APP}, services=(OutsideServiceSpec("issuer", "IssuerUrl", ISSUER, Issuer),))


def ask(app: App, given: str = "", path: str = "/a") -> HttpAnswer:
    return app.run(app.world.get(path, headers={"Authorization": given} if given else {}))


def test_a_valid_token_passes_and_its_claims_reach_the_function_as_texts(app: App) -> None:
    answer = ask(app, f"Bearer {token(admin=True, groups=['a', 'b'])}")

    claims = answer.json()["jwt"]["claims"]
    assert (claims["sub"], claims["exp"], claims["admin"], claims["groups"]) == (
        "ann",
        str(NOW_S + 600),
        "true",
        "[a b]",
    )
    assert answer.json()["jwt"]["scopes"] is None


def test_the_word_bearer_may_be_left_out(app: App) -> None:
    assert ask(app, token()).status == 200


def test_other_rsa_hashes_are_accepted(app: App) -> None:
    assert ask(app, token(algorithm="RS384")).status == 200


def test_no_token_is_401(app: App) -> None:
    answer = ask(app)

    assert (answer.status, answer.json(), answer.headers["www-authenticate"]) == (
        401,
        {"message": "Unauthorized"},
        "Bearer",
    )


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("rubbish", "the token is malformed"),
        ("a.b.c", "the token is malformed"),
        (token(iss="https://other.example"), "the token was not issued by a trusted issuer"),
        (token(aud="other"), "the token does not have a valid audience"),
        (token(aud=["other"], client_id="shop"), "the token does not have a valid audience"),
        (token(exp=NOW_S - 1), "the token has expired"),
        (token(exp="soon"), "the token has no valid exp"),
        (token(nbf=NOW_S + 500), "the token is not valid yet"),
        (token(iat=NOW_S + 500), "the token was issued in the future"),
        (token(THEIRS), "the token's signature is wrong"),
        (token(kid="k2"), "the key that signed the token is not among the issuer's"),
        (token()[:-6] + "AAAAAA", "the token's signature is wrong"),
        (token(algorithm="none"), "the token's signature is wrong"),
        (token(algorithm="HS256"), "the token's signature is wrong"),
    ],
)
def test_a_wrong_token_is_401_and_the_challenge_says_why(app: App, given: str, why: str) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html"""
    answer = ask(app, f"Bearer {given}")

    assert (answer.status, answer.json()) == (401, {"message": "Unauthorized"})
    assert answer.headers["www-authenticate"] == (f'Bearer scope="" error="invalid_token" error_description="{why}"')


@pytest.mark.parametrize("claims", [{"aud": ["other", "back-office"]}, {"aud": "back-office"}])
def test_one_of_several_audiences_is_enough(app: App, claims: dict[str, Any]) -> None:
    assert ask(app, token(**claims)).status == 200


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"scope": "read write"}, 200),
        ({"scp": ["admin"]}, 200),
        ({"scope": "write"}, 403),
        ({}, 403),
    ],
)
def test_a_route_asks_for_one_of_its_scopes(app: App, claims: dict[str, Any], status: int) -> None:
    answer = ask(app, token(**claims), "/scoped")

    assert answer.status == status
    assert answer.json().get("jwt", {}).get("scopes") == (["read", "admin"] if status == 200 else None)


def test_the_issuers_keys_are_kept_for_two_hours(app: App) -> None:
    ask(app, token())
    before = Issuer.discovered

    app.run(app.world.run_for(minutes=60))
    ask(app, token(exp=NOW_S + 100_000))
    assert Issuer.discovered == before
    app.run(app.world.run_for(minutes=121))
    assert ask(app, token(exp=NOW_S + 100_000)).status == 200
    assert Issuer.discovered == before + 1


def test_a_token_expires_in_virtual_time(app: App) -> None:
    given = token(exp=NOW_S + 40_000)

    assert ask(app, given).status == 200
    app.run(app.world.run_for(s=40_000))
    assert ask(app, given).status == 401
