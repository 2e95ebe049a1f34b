"""Lambda authorizers of REST APIs: what they see, what their answers do, what is cached.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.guarded import ask, asked, deploy_guarded


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy_guarded(deploy)


def test_a_token_authorizer_sees_the_token_and_the_method(app: App) -> None:
    answer = ask(app, "/a/7", "all-1")

    event = app.world.invocations("Guard")[-1].event
    assert sorted(event) == ["authorizationToken", "methodArn", "type"]
    assert (event["type"], event["authorizationToken"]) == ("TOKEN", "Bearer all-1")
    assert event["methodArn"].startswith("arn:aws:execute-api:eu-west-1:123456789012:")
    assert event["methodArn"].endswith("/Prod/GET/a/7")
    found = answer.json()
    assert found.pop("integrationLatency") >= 0
    assert found == {"principalId": "p-all-1", "level": "3", "admin": "true", "shop": "x"}


def test_a_request_authorizer_sees_the_whole_request_but_the_body(app: App) -> None:
    ask(app, "/request?shop=x", "all-2")

    event = app.world.invocations("Guard")[-1].event
    assert (event["type"], event["resource"], event["queryStringParameters"]) == ("REQUEST", "/request", {"shop": "x"})
    assert event["requestContext"]["resourcePath"] == "/request"
    assert not {"body", "isBase64Encoded"} & set(event)


@pytest.mark.parametrize(("token", "headers"), [("", {}), ("", {"Authorization": "Basic no"})])
def test_a_missing_or_malformed_token_is_refused_without_a_question(app: App, token: str, headers: Any) -> None:
    before = asked(app)

    answer = ask(app, "/a/7", token, headers=headers)

    assert (answer.status, answer.json(), asked(app)) == (401, {"message": "Unauthorized"}, before)
    assert answer.headers["x-amzn-errortype"] == "UnauthorizedException"


def test_every_identity_source_must_be_there_where_answers_are_cached(app: App) -> None:
    before = asked(app)

    assert ask(app, "/request", "all-3").status == 401
    assert asked(app) == before
    assert ask(app, "/always").status == 200
    assert asked(app) == before + 1


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("deny-1", "User is not authorized to access this resource with an explicit deny"),
        ("nothing-1", "User is not authorized to access this resource"),
    ],
)
def test_a_denial_is_403(app: App, token: str, message: str) -> None:
    answer = ask(app, "/b", token)

    assert (answer.status, answer.json()) == (403, {"Message": message})


def test_unauthorized_is_401_and_any_other_failure_500(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html"""
    assert (ask(app, "/b", "unauthorized").status, ask(app, "/b", "unauthorized").json()) == (
        401,
        {"message": "Unauthorized"},
    )
    for token in ("broken", "shapeless-1", "nested-1"):
        answer = ask(app, "/b", token)
        assert (answer.status, answer.json()) == (500, {"message": None})
        assert answer.headers["x-amzn-errortype"] == "AuthorizerConfigurationException"


def test_failures_are_not_cached_and_denials_are(app: App) -> None:
    before = asked(app)

    for _ in range(2):
        ask(app, "/b", "unauthorized-2")
        ask(app, "/b", "deny-2")

    assert asked(app) == before + 3


def test_a_cached_policy_must_cover_the_other_routes_too(app: App) -> None:
    before = asked(app)

    assert ask(app, "/a/7", "one-1").status == 200
    assert ask(app, "/b", "one-1").status == 403
    assert ask(app, "/a/8", "one-1").status == 403
    assert asked(app) == before + 1
    assert ask(app, "/a/7", "all-4").status == 200
    assert ask(app, "/b", "all-4").status == 200
    assert asked(app) == before + 2


def test_wildcards_and_lists_of_a_policy_are_read(app: App) -> None:
    assert [ask(app, path, "list-1").status for path in ("/a/7", "/a/77", "/b")] == [200, 403, 200]


def test_an_explicit_deny_beats_an_allow(app: App) -> None:
    assert [ask(app, path, "both-1").status for path in ("/a/7", "/b")] == [200, 403]


def test_a_token_is_asked_about_again_after_five_minutes(app: App) -> None:
    before = asked(app)

    ask(app, "/b", "all-5")
    app.run(app.world.run_for(s=299))
    ask(app, "/b", "all-5")
    assert asked(app) == before + 1
    app.run(app.world.run_for(s=2))
    ask(app, "/b", "all-5")
    assert asked(app) == before + 2


def test_simultaneous_requests_each_ask(app: App) -> None:
    before = asked(app)

    async def three() -> list[int]:
        headers = {"Authorization": "Bearer think-1"}
        tasks = [app.world.start(app.world.request("GET", "/b", api="Rest", headers=headers)) for _ in range(3)]
        return [(await task).status for task in tasks]

    assert app.run(three()) == [200, 200, 200]
    assert asked(app) == before + 3


def test_a_route_may_opt_out(app: App) -> None:
    answer = ask(app, "/open")

    assert (answer.status, answer.json()) == (200, {"claims": None, "scopes": None})


def test_the_default_authorizer_guards_the_preflight_too(app: App) -> None:
    """https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiauth.html"""
    assert ask(app, "/b", method="OPTIONS").status == 401
    assert ask(app, "/b", "all-7", method="OPTIONS").status == 200
