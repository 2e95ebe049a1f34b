"""HTTP without boto3 goes the same way, and the libraries' own errors come out."""

import pytest

from harness.tests.worker.tiny_judge import loss, reply
from harness.worker.protocol import Called

VENDORED = "import sys\nsys.meta_path.pop(0)\n"  # as if the function brought requests along: Lambda has none
IMPORTS = f"{VENDORED}import http.client, json, socket, urllib.error, urllib.request\nimport requests, urllib3\n"
URLLIB = "urllib.request.urlopen('http://legacy.internal:8080/articles?id=1', timeout=1.5)"
POOL = "urllib3.PoolManager(timeout=urllib3.Timeout(1, 1, 2), retries=False).request('GET', 'http://legacy/a')"
REQUESTS = "requests.get('http://legacy/a', timeout=(1, 2))"


def run(deploy, body: str, answer=None):
    judge = deploy(IMPORTS + "def handler(event, context):\n" + "".join(f"    {line}\n" for line in body.splitlines()))
    if answer is not None:
        judge.answer = answer
    return judge


def test_urllib_sends_a_request_with_one_timeout_for_both(deploy):
    judge = run(
        deploy,
        f"with {URLLIB} as answer: return [answer.status, answer.headers['x-a'], answer.read().decode()]",
        lambda call: reply(b"hi", 201, {"x-a": "b"}),
    )

    assert judge.result() == [201, "b", "hi"]
    call = judge.of(Called)[0]
    assert (call.method, call.url) == ("GET", "http://legacy.internal:8080/articles?id=1")
    assert (call.connect_timeout_s, call.read_timeout_s) == (1.5, 1.5)
    assert call.headers["host"] == "legacy.internal:8080"


def test_a_request_without_a_timeout_waits_for_ever(deploy):
    judge = run(deploy, "urllib.request.urlopen('https://legacy/')")

    judge.result()

    call = judge.of(Called)[0]
    assert call.url == "https://legacy/"
    assert (call.connect_timeout_s, call.read_timeout_s) == (None, None)


def test_urllib_posts_a_body_and_raises_on_an_error_status(deploy):
    judge = run(
        deploy,
        "request = urllib.request.Request('http://legacy/articles', data=b'{}', method='PUT')\n"
        "try: urllib.request.urlopen(request)\n"
        "except urllib.error.HTTPError as error: return [error.code, error.read().decode()]",
        lambda call: reply(b"busy", 503),
    )

    assert judge.result() == [503, "busy"]
    assert (judge.of(Called)[0].method, judge.of(Called)[0].body) == ("PUT", b"{}")


def test_a_redirect_is_followed_by_the_library(deploy):
    judge = run(deploy, "return urllib.request.urlopen('http://legacy/old').read().decode()")
    judge.answer = lambda call: (
        reply(b"there") if "new" in call.url else reply(b"", 302, {"location": "http://legacy/new"})
    )

    assert judge.result() == "there"


def test_http_client_sends_several_requests_over_one_connection(deploy):
    judge = run(
        deploy,
        "connection = http.client.HTTPSConnection('legacy', timeout=3)\n"
        "bodies = []\n"
        "for path in ('/a', '/b'):\n"
        "    chunked = {'Transfer-Encoding': 'chunked'}\n"
        "    connection.request('POST', path, body=iter([b'x', b'yz']), headers=chunked, encode_chunked=True)\n"
        "    bodies.append(connection.getresponse().read().decode())\n"
        "return bodies",
        lambda call: reply(call.url.encode()),
    )

    assert judge.result() == ["https://legacy/a", "https://legacy/b"]
    assert [call.body for call in judge.of(Called)] == [b"xyz", b"xyz"]


def test_a_head_request_has_an_answer_without_a_body(deploy):
    judge = run(
        deploy,
        "answer = requests.head('http://legacy/')\nreturn [answer.headers['content-length'], answer.text]",
        lambda call: reply(b"", 200, {"content-length": "42"}),
    )

    assert judge.result() == ["42", ""]


def test_urllib3_and_requests_send_both_of_their_timeouts(deploy):
    judge = run(deploy, f"return [{POOL}.status, {REQUESTS}.json()]", lambda call: reply([1]))

    assert judge.result() == [200, [1]]
    assert [(call.connect_timeout_s, call.read_timeout_s) for call in judge.of(Called)] == [(1.0, 2.0), (1.0, 2.0)]


def test_a_session_of_requests_keeps_its_connection_and_uploads_files(deploy):
    judge = run(
        deploy,
        "session = requests.Session()\n"
        "session.post('https://legacy/a', json={'n': 1})\n"
        "return session.post('https://legacy/a', data=b'y' * 300_000).status_code",
    )

    assert judge.result() == 200
    assert [len(call.body) for call in judge.of(Called)] == [8, 300_000]


@pytest.mark.parametrize(
    ("call", "kind", "error"),
    [
        (URLLIB, "refused", "URLError <urlopen error [Errno 111] Connection refused>"),
        (URLLIB, "connect_timeout", "URLError <urlopen error timed out>"),
        (URLLIB, "read_timeout", "TimeoutError timed out"),
        (URLLIB, "reset", "ConnectionResetError [Errno 104] Connection reset by peer"),
        (POOL, "refused", "NewConnectionError"),
        (POOL, "connect_timeout", "ConnectTimeoutError"),
        (POOL, "read_timeout", "ReadTimeoutError"),
        (POOL, "reset", "ProtocolError"),
        (REQUESTS, "refused", "ConnectionError"),
        (REQUESTS, "connect_timeout", "ConnectTimeout"),
        (REQUESTS, "read_timeout", "ReadTimeout"),
        (REQUESTS, "reset", "ConnectionError"),
    ],
)
def test_a_loss_is_raised_as_the_library_would_raise_it(deploy, call, kind, error):
    judge = run(deploy, call, lambda call: loss(kind))

    end = judge.failure()

    assert f"{end.error_type} {end.error_message}".startswith(error)


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('10.0.0.1', 5432))",
        "socket.socket().connect(('10.0.0.1', 5432))",
        "socket.getaddrinfo('db.internal', 5432)",
    ],
)
def test_any_other_connection_is_refused_with_a_hint(deploy, attempt):
    judge = run(deploy, f"try: {attempt}\nexcept OSError as error: return str(error)")

    assert "this sandbox has no network except HTTP requests" in judge.result()
