"""A Starlette application runs unchanged behind mangum: one function, two APIs and a load balancer.

Neither package is in Lambda's runtime: the app brings both along in its folder, as `sam build` would put them there.

Source: https://mangum.fastapiexpert.com/
"""

from typing import Any

import pytest

from harness.tests.fidelity.conftest import App, Deploy
from harness.tests.fidelity.vendored import package
from harness.world import HttpAnswer

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.12, CodeUri: src/, Timeout: 10}
Resources:
  Rest: {Type: AWS::Serverless::Api, Properties: {StageName: v1, BinaryMediaTypes: [image/png]}}
  Http: {Type: AWS::Serverless::HttpApi, Properties: {StageName: $default}}
  Site:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: site
      Handler: app.handler
      Events:
        Rest: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: "/{proxy+}", Method: ANY}}
        Http: {Type: HttpApi, Properties: {ApiId: !Ref Http, Path: "/{proxy+}", Method: ANY}}
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Type: application, Subnets: [subnet-1, subnet-2]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 80
      Protocol: HTTP
      DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: Allow
    Properties:
      TargetType: lambda
      Targets: [{Id: !GetAtt Site.Arn}]
      TargetGroupAttributes: [{Key: lambda.multi_value_headers.enabled, Value: "true"}]
  Allow:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Site
      Action: lambda:InvokeFunction
      Principal: elasticloadbalancing.amazonaws.com
"""

APP = """\
import asyncio
import os
import time
from contextlib import asynccontextmanager

import mangum
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

started = []


@asynccontextmanager
async def lifespan(app):
    await asyncio.sleep(0.1)
    started.append(time.time())
    yield


class Timed(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        began = time.time()
        response = await call_next(request)
        response.headers["x-took-ms"] = str(round((time.time() - began) * 1000))
        return response


async def order(request):
    return JSONResponse({
        "id": request.path_params["id"], "tags": request.query_params.getlist("tag"),
        "cookie": request.cookies.get("seen"), "trace": request.headers.get("x-trace"),
        "source": "elb" if "elb" in request.scope["aws.event"]["requestContext"] else
                  request.scope["aws.event"].get("version", "1.0"),
        "function": request.scope["aws.context"].function_name, "starts": len(started),
        "vendored": mangum.__file__.startswith(os.path.dirname(__file__)),
    })


async def create(request):
    body = await request.json()
    response = PlainTextResponse(body["name"], status_code=201, headers={"Location": "/orders/7"})
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


def slow(request):  # no coroutine: Starlette runs it in a thread
    time.sleep(2)
    return PlainTextResponse("slow")


async def together(request):
    await asyncio.gather(*(asyncio.sleep(1) for _ in range(5)))
    return PlainTextResponse("together")


async def echo(request):
    return Response(await request.body(), media_type="image/png")


async def parts(request):
    async def lines():
        for number in range(3):
            await asyncio.sleep(0.5)
            yield f"line {number}\\n"
    return StreamingResponse(lines(), media_type="text/plain")


async def large(request):
    return PlainTextResponse("espresso " * 500)


async def teapot(request):
    raise HTTPException(418, "short and stout")


async def broken(request):
    raise RuntimeError("out of beans")


async def moved(request):
    return RedirectResponse("/orders/9", status_code=307)


app = Starlette(
    routes=[
        Route("/orders/{id}", order), Route("/orders", create, methods=["POST"]), Route("/slow", slow),
        Route("/together", together), Route("/echo", echo, methods=["POST"]), Route("/parts", parts),
        Route("/large", large), Route("/teapot", teapot), Route("/broken", broken), Route("/moved", moved),
    ],
    middleware=[Middleware(Timed), Middleware(GZipMiddleware, minimum_size=1000)],
    lifespan=lifespan,
)
handler = mangum.Mangum(app, api_gateway_base_path="/v1")
"""

FRONTS = pytest.mark.parametrize("front", ["Rest", "Http", "Balancer"])


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    files: dict[str, str] = {}
    for name in ("mangum", "starlette", "anyio", "idna"):
        files |= package(name)
    return deploy(TEMPLATE, {"src/app.py": APP, **files})


def ask(app: App, front: str, method: str, path: str, **request: Any) -> HttpAnswer:
    return app.run(app.world.request(method, path, api=front, **request))


@pytest.mark.parametrize(("front", "source"), [("Rest", "1.0"), ("Http", "2.0"), ("Balancer", "elb")])
def test_a_route_sees_the_path_the_query_the_headers_and_the_cookies(app: App, front: str, source: str) -> None:
    headers = {"X-Trace": "t-1", "Cookie": "seen=yes"}

    answer = ask(app, front, "GET", "/orders/o-7", query={"tag": ["a", "b c"]}, headers=headers)

    shown = answer.json()
    assert shown.pop("starts") >= 1
    assert shown == {
        "id": "o-7", "tags": ["a", "b c"], "cookie": "yes", "trace": "t-1", "source": source, "function": "site",
        "vendored": True,
    }  # fmt: skip


@FRONTS
def test_a_body_comes_in_and_several_cookies_go_out(app: App, front: str) -> None:
    answer = ask(app, front, "POST", "/orders", json={"name": "zoë"})

    assert (answer.status, answer.text, answer.headers["location"]) == (201, "zoë", "/orders/7")
    assert [cookie.partition(";")[0] for cookie in answer.cookies] == ["a=1", "b=2"]


@FRONTS
def test_bytes_come_through_both_ways(app: App, front: str) -> None:
    picture = bytes(range(256))

    answer = ask(
        app, front, "POST", "/echo", body=picture, headers={"Content-Type": "image/png", "Accept": "image/png"}
    )

    assert answer.body == picture


@FRONTS
def test_a_route_that_is_no_coroutine_waits_in_a_thread(app: App, front: str) -> None:
    answer = ask(app, front, "GET", "/slow")

    assert (answer.text, answer.headers["x-took-ms"]) == ("slow", "2000")


def test_coroutines_of_a_route_wait_beside_each_other(app: App) -> None:
    assert ask(app, "Http", "GET", "/together").headers["x-took-ms"] == "1000"


@FRONTS
def test_a_streamed_answer_arrives_whole(app: App, front: str) -> None:
    answer = ask(app, front, "GET", "/parts")

    assert answer.text == "line 0\nline 1\nline 2\n"
    assert answer.latency_ms >= 1500


@FRONTS
def test_errors_are_the_applications_own(app: App, front: str) -> None:
    teapot, broken, unknown = (ask(app, front, "GET", path) for path in ("/teapot", "/broken", "/nowhere"))

    assert (teapot.status, teapot.text) == (418, "short and stout")
    assert (broken.status, broken.text) == (500, "Internal Server Error")
    assert (unknown.status, unknown.text) == (404, "Not Found")


@FRONTS
def test_a_redirect_is_passed_on(app: App, front: str) -> None:
    answer = ask(app, front, "GET", "/moved")

    assert (answer.status, answer.headers["location"]) == (307, "/orders/9")


def test_a_compressed_answer_is_sent_as_bytes(app: App) -> None:
    answer = ask(app, "Http", "GET", "/large", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.body[:2] == b"\x1f\x8b"
