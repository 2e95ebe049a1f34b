"""What an Application Load Balancer does between a client, its rules and its targets."""

import base64
from typing import Any

import pytest

from harness.faults.downstream import DownstreamFails, DownstreamHangs
from harness.tests.fidelity.balanced import ask, deploy_balanced, say
from harness.tests.fidelity.conftest import App, Deploy


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy_balanced(deploy)


# ---- rules ------------------------------------------------------------------------------------


def test_the_rule_with_the_lowest_priority_that_holds_takes_the_request(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html"""
    tea, posted, other = ask(app, "GET", "/echo/tea"), ask(app, "POST", "/echo/tea", body="x"), ask(app, "GET", "/menu")

    assert (tea.status, tea.text, tea.headers["content-type"]) == (418, "short and stout", "text/plain; charset=utf-8")
    assert posted.json()["path"] == "/echo/tea"
    assert other.json()["query"] == {}
    assert [seen.rule for seen in app.world.load_balancer("Facade").requests[-3:]] == [
        "TeapotRule",
        "EchoRule",
        "default",
    ]


def test_a_redirect_names_protocol_host_and_port(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html"""
    answer = ask(app, "GET", "/a/b?c=%20d", headers={"Host": "old.shop.com"})

    assert answer.status == 302
    assert answer.headers["location"] == "http://new.example.com:80/a/b?c=%20d"


def test_a_group_without_targets_is_a_503(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"""
    assert ask(app, "GET", "/empty").status == 503
    assert ask(app, "GET", "http://facade.example.com:8080/").status == 503


# ---- functions --------------------------------------------------------------------------------


def test_a_function_gets_the_query_still_encoded_and_the_body_by_its_type(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html"""
    plain = ask(app, "POST", "/echo?CustomerNo=A%2F7&x=%E9", body="hi", headers={"Content-Type": "text/plain"}).json()
    odd = ask(app, "POST", "/echo", body=b"\xe9", headers={"Content-Type": "application/x-till+json"}).json()

    assert plain["queryStringParameters"] == {"CustomerNo": "A%2F7", "x": "%E9"}
    assert (plain["body"], plain["isBase64Encoded"]) == ("hi", False)
    assert (base64.b64decode(odd["body"]), odd["isBase64Encoded"]) == (b"\xe9", True)
    assert plain["headers"]["x-forwarded-proto"] == "http"
    assert plain["headers"]["x-amzn-trace-id"].startswith("Root=1-")


def test_multi_value_headers_go_both_ways(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#multi-value-headers"""
    answer = ask(app, "GET", "/many?a=1&a=2")

    assert answer.cookies == ("a=1; Path=/", "b=2; Path=/")
    assert answer.json()["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    assert answer.json()["multiValueHeaders"]["host"] == ["api.example.com"]


@pytest.mark.parametrize(
    "answer", [None, "text", {"body": "x"}, {"statusCode": 200, "body": None}, {"statusCode": 200, "headers": {"a": 1}}]
)
def test_a_malformed_answer_is_a_502(app: App, answer: Any) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"""
    got = say(app, answer)

    assert (got.status, got.headers["server"]) == (502, "awselb/2.0")


def test_an_error_or_a_timeout_of_the_function_is_a_502(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"""
    raised, slow = ask(app, "GET", "/echo/raise"), ask(app, "GET", "/echo/sleep?s=60")

    assert (raised.status, slow.status) == (502, 502)
    assert 10_000 <= slow.latency_ms < 11_000


def test_a_throttled_function_is_a_502_and_nothing_is_retried(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"""
    before = len(app.world.invocations("Echo"))

    async def two() -> list[int]:
        slow = app.world.start(app.world.request("GET", "/echo/sleep?s=2", api="Facade"))
        await app.world.run_for(s=1)
        other = await app.world.request("GET", "/echo", api="Facade")
        return [other.status, (await slow).status]

    assert app.run(two()) == [502, 200]
    assert len(app.world.invocations("Echo")) == before + 1


def test_a_body_over_1_mb_is_a_413_and_an_answer_over_1_mb_a_502(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html"""
    before = len(app.world.invocations("Echo"))

    assert ask(app, "POST", "/echo", body=b"x" * (1024 * 1024 + 1)).status == 413
    assert len(app.world.invocations("Echo")) == before
    assert ask(app, "POST", "/echo", body=b"x" * (1024 * 1000)).status == 502  # in base64 it is larger


def test_a_binary_answer_is_decoded(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html"""
    headers = {"Content-Type": "application/json; charset=ISO-8859-1"}
    got = say(
        app,
        {"statusCode": 201, "headers": headers, "isBase64Encoded": True, "body": base64.b64encode(b"\xe9").decode()},
    )

    assert (got.status, got.body, got.headers["content-type"]) == (201, b"\xe9", headers["Content-Type"])


def test_powertools_alb_resolver_runs_behind_it(app: App) -> None:
    """https://docs.powertools.aws.dev/lambda/python/latest/core/event_handler/api_gateway/"""
    read = ask(app, "GET", "/shop/orders/o-7?q=1")
    placed = ask(app, "POST", "/shop/orders", json={"sku": "V60"})

    assert (read.status, read.json()) == (200, {"id": "o-7", "q": "1"})
    assert (placed.status, placed.json(), placed.headers["location"]) == (201, {"sku": "V60"}, "/shop/orders/1")
    assert ask(app, "GET", "/shop/nowhere").status == 404


# ---- addresses --------------------------------------------------------------------------------


def test_an_address_gets_the_request_with_the_client_in_x_forwarded_for(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html"""
    answer = ask(app, "GET", "/menu?a=%2B", headers={"X-Till": "7"})

    assert answer.json()["query"] == {"a": "+"}
    assert answer.json()["headers"]["x-till"] == "7"
    assert answer.json()["headers"]["x-forwarded-for"] == "203.0.113.10"
    assert answer.cookies == ("LSESS=1; Path=/", "LLAST=-; Path=/")


def test_an_address_that_breaks_off_is_a_502_and_one_that_is_silent_a_504(app: App) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"""
    broken = app.world.inject(DownstreamFails(service="legacy", ends=("reset",)))
    first = ask(app, "GET", "/menu")
    app.world.lift(broken)
    silent = app.world.inject(DownstreamHangs(service="legacy", hold_ms=120_000))
    second = ask(app, "GET", "/menu")
    app.world.lift(silent)

    assert (first.status, second.status) == (502, 504)
    assert 60_000 <= second.latency_ms < 60_100
