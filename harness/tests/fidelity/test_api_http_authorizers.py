"""Lambda authorizers of HTTP APIs: what they see, what their answers do, what is cached.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
"""

import pytest

from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.guarded import ask, asked, deploy_guarded


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy_guarded(deploy)


def test_an_http_authorizer_of_format_2_sees_its_identity(app: App) -> None:
    answer = ask(app, "/simple/7", "h1")

    event = app.world.invocations("Guard")[-1].event
    assert (event["version"], event["type"], event["identitySource"]) == ("2.0", "REQUEST", ["h1"])
    assert (event["routeKey"], event["pathParameters"]) == ("ANY /simple/{id}", {"id": "7"})
    assert event["routeArn"].endswith("/$default/GET/simple/7")
    assert answer.json() == {"lambda": {"user": "h1", "admin": True, "tags": ["a"]}}


def test_an_http_authorizer_of_format_1_returns_a_policy(app: App) -> None:
    answer = ask(app, "/policy", "all-h")

    event = app.world.invocations("Guard")[-1].event
    assert (event["version"], event["identitySource"], event["authorizationToken"]) == ("1.0", "all-h", "all-h")
    assert answer.json() == {"lambda": {"level": 3, "admin": True, "shop": "x"}}
    assert ask(app, "/policy", "deny-h").status == 403


def test_a_missing_identity_source_of_an_http_api_is_401(app: App) -> None:
    before = asked(app)

    answer = ask(app, "/simple/7")

    assert (answer.status, answer.json(), asked(app)) == (401, {"message": "Unauthorized"}, before)


def test_not_authorized_is_forbidden_and_a_failure_is_500(app: App) -> None:
    denied, failed = ask(app, "/simple/7", "deny"), ask(app, "/simple/7", "unauthorized")

    assert (denied.status, denied.json()) == (403, {"message": "Forbidden"})
    assert (failed.status, failed.json()) == (500, {"message": "Internal Server Error"})


def test_a_simple_answer_holds_for_every_route_unless_the_route_is_an_identity_source(app: App) -> None:
    before = asked(app)

    assert [ask(app, path, "h2").status for path in ("/simple/7", "/simple/8", "/other")] == [200, 200, 200]
    assert asked(app) == before + 1
    assert [ask(app, path, "h3").status for path in ("/route1", "/route2", "/route1")] == [200, 200, 200]
    assert asked(app) == before + 3


def test_without_a_time_to_live_an_http_api_asks_every_time(app: App) -> None:
    before = asked(app)

    ask(app, "/policy", "all-8")
    ask(app, "/policy", "all-8")

    assert asked(app) == before + 2


def test_without_identity_sources_everyone_is_asked_about(app: App) -> None:
    assert ask(app, "/anyone").status == 200
    assert app.world.invocations("Guard")[-1].event["identitySource"] is None


def test_an_authorizer_has_ten_seconds(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html"""
    answer = ask(app, "/simple/7", "slow")

    assert (answer.status, answer.latency_ms // 1000) == (500, 10)
    app.run(app.world.settle())


def test_an_authorizer_that_may_not_be_invoked_is_a_500_and_a_warning(app: App) -> None:
    """SAM gives an HTTP API no permission to invoke its authorizer unless told to.

    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-httpapi-lambdaauthorizer.html
    """
    before = asked(app)

    assert (ask(app, "/forbidden", "h4").status, asked(app)) == (500, before)
    assert [text for text in app.world.warnings if "may not invoke its authorizer Forbidden" in text]


def test_the_preflight_of_an_any_route_is_guarded(app: App) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html"""
    headers = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}

    assert ask(app, "/simple/7", method="OPTIONS", headers=headers).status == 401
    assert ask(app, "/other", method="OPTIONS", headers=headers).status == 204
