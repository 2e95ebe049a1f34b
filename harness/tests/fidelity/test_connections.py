"""Connections as functions open, keep and lose them, and answers as they come over them."""

from typing import Any

import pytest

from harness.faults.downstream_answers import DownstreamGarbage, DownstreamTrickles
from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.meeting_app import APP, HTTP, TEMPLATE, Shop
from harness.world import OutsideServiceSpec


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    shop = OutsideServiceSpec("shop", "ShopUrl", "http://shop.internal", Shop)
    app = deploy(TEMPLATE, {"src/app.py": APP, "src/http_app.py": HTTP}, services=(shop,))
    app.world.price_connections(connect_ms=40, idle_close_s=60)
    return app


def send(app: App, **event: Any) -> Any:
    answer = app.run(app.world.ask("Http", event))
    assert answer.function_error == "", answer.text
    return answer.payload


def opened(app: App, *ways: str) -> list[str]:
    """The hosts of the connections that such requests open, in one invocation of a warm environment."""
    before_ms = app.world.now_ms
    send(app, ways=ways)
    return [one.host for one in app.world.connections(function="Http", since_ms=before_ms)]


# ---- how many are opened -----------------------------------------------------------------------


def test_what_is_kept_is_used_again_and_what_is_made_anew_opens_anew(app: App) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html"""
    app.world.recycle("Http")
    send(app, ways=[])
    kept = opened(app, "boto3", "boto3", "http.client", "http.client", "urllib3", "urllib3")
    warm = opened(app, "boto3", "http.client", "urllib3")
    anew = opened(app, "urllib", "urllib", "boto3 anew")

    assert [host.partition(".")[0] for host in kept] == ["dynamodb", "shop", "shop"]
    assert warm == []
    assert [host.partition(".")[0] for host in anew] == ["shop", "shop", "dynamodb"]


def test_opening_a_connection_takes_its_time(app: App) -> None:
    send(app, ways=["urllib3"])
    over_the_old = send(app, ways=["urllib3"])["took_s"]
    over_a_new = send(app, ways=["urllib"])["took_s"]

    assert round(over_a_new - over_the_old, 3) == pytest.approx(0.04, abs=0.02)


def test_each_environment_has_its_own(app: App) -> None:
    app.world.recycle("Http")
    before_ms = app.world.now_ms
    send(app, ways=["boto3"])
    app.world.recycle("Http")
    send(app, ways=["boto3"])

    mine = app.world.connections(function="Http", since_ms=before_ms)
    assert len({one.environment for one in mine}) == len(mine) == 2


# ---- when they are left alone ------------------------------------------------------------------


def test_after_a_quiet_minute_http_client_finds_its_connection_closed_and_opens_the_next(app: App) -> None:
    """https://docs.python.org/3/library/http.client.html#http.client.RemoteDisconnected"""
    send(app, ways=["http.client"])
    app.run(app.world.run_for(s=59))
    still_open = opened(app, "http.client")
    app.run(app.world.run_for(s=61))
    closed = send(app, ways=["http.client"])
    after_that = opened(app, "http.client")

    assert still_open == []
    assert closed["error"] == "RemoteDisconnected"
    assert after_that == ["shop.internal"]


def test_after_a_quiet_minute_urllib3_and_boto3_open_another_unseen(app: App) -> None:
    """https://urllib3.readthedocs.io/en/stable/advanced-usage.html"""
    send(app, ways=["boto3", "urllib3"])
    app.run(app.world.run_for(s=61))

    assert [host.partition(".")[0] for host in opened(app, "boto3", "urllib3")] == ["dynamodb", "shop"]


# ---- what comes over them ----------------------------------------------------------------------


def test_headers_of_the_connection_and_several_cookies_reach_a_client_as_the_service_sent_them(app: App) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1"""
    answer = send(app, path="/headers", headers=[["X-Client-Id", "forged"], ["x-client-ID", "app-17"]])

    headers = [tuple(pair) for pair in answer["headers"]]
    assert answer["body"] == "whole body"
    assert {("connection", "x-debug-hop"), ("x-debug-hop", "1"), ("transfer-encoding", "chunked")} <= set(headers)
    cookies = [value for name, value in headers if name == "set-cookie"]
    assert cookies == ["a=1; Expires=Wed, 01 May 2024 00:00:00 GMT", "b=2"]
    assert app.world.service("shop").log[-1].headers["x-client-id"] == "forged, app-17"


def test_a_body_that_trickles_passes_every_timeout_between_two_bytes(app: App) -> None:
    """https://docs.python.org/3/library/socket.html#socket.socket.settimeout"""
    trickle = app.world.inject(DownstreamTrickles(service="shop", gap_ms=500))
    whole = send(app, path="/plain")
    before_ms = app.world.now_ms
    patient = send(app, path="/plain", deadline_s=1.6)
    took_ms = app.world.now_ms - before_ms
    app.world.lift(trickle)
    stalled = app.world.inject(DownstreamTrickles(service="shop", gap_ms=5000))
    impatient = send(app, path="/plain")
    app.world.lift(stalled)

    assert whole["body"] == '{"ok":true}'
    assert patient == {"gave_up_with": 4}
    assert 2000 <= took_ms <= 2200
    assert impatient["error"] == "TimeoutError"


def test_a_body_that_is_cut_is_an_incomplete_read(app: App) -> None:
    """https://docs.python.org/3/library/http.client.html#http.client.IncompleteRead"""
    cut = app.world.inject(DownstreamGarbage(service="shop", forms=("cut",)))
    answer = send(app, ways=["urllib"])
    app.world.lift(cut)

    assert answer["error"] == "IncompleteRead"
