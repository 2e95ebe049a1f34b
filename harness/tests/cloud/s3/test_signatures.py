"""Presigned URLs and forms: botocore makes them, and they are good for one thing and for a while."""

from typing import Any

import boto3
import pytest
from botocore.config import Config
from freezegun import freeze_time

from harness.cloud.s3.operations import understand
from harness.simulation.clock import EPOCH
from harness.tests.cloud.s3.conftest import BUCKET, SECRET, SimulatedS3

NAMED = {"Bucket": BUCKET, "Key": "a b/ü+%.png"}


def signer(version: str) -> Any:
    """A client that signs in this way."""
    return boto3.client(
        "s3",
        region_name="eu-west-1",
        aws_access_key_id="ASIAKATA",
        aws_secret_access_key=SECRET,
        aws_session_token="token",
        config=Config(signature_version=version),
    )


def url(version: str, operation: str, seconds: int = 60, **parameters: Any) -> str:
    """A URL that was signed at the beginning of virtual time."""
    with freeze_time(EPOCH.replace(tzinfo=None)):
        signed: str = signer(version).generate_presigned_url(
            operation, Params={**NAMED, **parameters}, ExpiresIn=seconds
        )
    return signed


both_versions = pytest.mark.parametrize("version", ["s3", "s3v4"])


@both_versions
def test_whoever_has_the_url_may_upload_and_download(s3: SimulatedS3, version: str) -> None:
    put = s3.ask("PUT", url(version, "put_object", ContentType="image/png"), {"content-type": "image/png"}, b"bytes")
    got = s3.ask("GET", url(version, "get_object", ResponseContentType="image/x"))

    assert (put.status, got.status, got.body) == (200, 200, b"bytes")
    assert got.headers["content-type"] == "image/x"
    assert s3.service.state.metadata(BUCKET, NAMED["Key"], "null") == {"content-type": "image/png"}
    assert s3.told() == [("ObjectCreated:Put", NAMED["Key"])]


@both_versions
def test_the_url_is_good_for_what_was_signed_only(s3: SimulatedS3, version: str) -> None:
    signed = url(version, "put_object", ContentType="image/png")
    png = {"content-type": "image/png"}
    attempts = [
        ("PUT", signed, {"content-type": "text/html"}),
        ("PUT", signed, {}),
        ("GET", signed, png),
        ("PUT", signed.replace("a%20b", "other"), png),
        ("PUT", signed.replace("Expires=", "Expires=9"), png),
    ]

    replies = [s3.ask(method, address, headers, b"x") for method, address, headers in attempts]

    assert [reply.status for reply in replies] == [403] * 5
    assert {b"<Code>SignatureDoesNotMatch</Code>" in reply.body for reply in replies} == {True}


@both_versions
def test_the_url_ends_in_virtual_time(s3: SimulatedS3, version: str) -> None:
    signed = url(version, "put_object", seconds=60)

    s3.simulation.advance(59)
    in_time = s3.ask("PUT", signed, {}, b"x")
    s3.simulation.advance(1.1)
    late = s3.ask("PUT", signed, {}, b"x")

    assert (in_time.status, late.status) == (200, 403)
    assert b"Request has expired" in late.body
    assert b"<ServerTime>2026-01-05T09:01:00Z</ServerTime>" in late.body


def test_a_url_for_more_than_a_week_is_refused(s3: SimulatedS3) -> None:
    reply = s3.ask("GET", url("s3v4", "get_object", seconds=604_801))

    assert (reply.status, b"AuthorizationQueryParametersError" in reply.body) == (400, True)


def test_metadata_in_a_url_of_version_2_is_kept(s3: SimulatedS3) -> None:
    s3.ask("PUT", url("s3", "put_object", Metadata={"width": "12"}), {}, b"x")

    assert s3.service.state.metadata(BUCKET, NAMED["Key"], "null")["x-amz-meta-width"] == "12"


# ---- forms -----------------------------------------------------------------------------------


def form(version: str, key: str = "in/${filename}", **more: Any) -> dict[str, Any]:
    """A form that was made at the beginning of virtual time."""
    with freeze_time(EPOCH.replace(tzinfo=None)):
        made: dict[str, Any] = signer(version).generate_presigned_post(BUCKET, key, ExpiresIn=60, **more)
    return made


def submit(s3: SimulatedS3, made: dict[str, Any], content: bytes, **changed: str) -> Any:
    """Sends a form as a browser does."""
    fields = {**made["fields"], **changed}
    parts = [f'--bound\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{fields[key]}\r\n' for key in fields]
    head = '--bound\r\nContent-Disposition: form-data; name="file"; filename="ü 1.png"\r\n\r\n'
    body = "".join([*parts, head]).encode() + content + b"\r\n--bound--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=bound", "content-length": str(len(body))}
    return s3.ask("POST", made["url"], headers, body)


@both_versions
def test_a_form_uploads_what_its_policy_allows(s3: SimulatedS3, version: str) -> None:
    conditions = [["content-length-range", 1, 10], ["starts-with", "$Content-Type", "image/"]]
    made = form(version, Conditions=conditions)

    reply = submit(s3, made, b"\r\n--x\r\n", **{"Content-Type": "image/png"})

    assert (reply.status, reply.headers["location"]) == (
        204,
        "https://photos.s3.eu-west-1.amazonaws.com/in/%C3%BC%201.png",
    )
    assert s3.told() == [("ObjectCreated:Post", "in/ü 1.png")]
    assert s3.client.get_object(Bucket=BUCKET, Key="in/ü 1.png")["Body"].read() == b"\r\n--x\r\n"


@both_versions
@pytest.mark.parametrize(
    ("content", "changed", "expected"),
    [
        (b"x" * 11, {}, "EntityTooLarge"),
        (b"", {}, "EntityTooSmall"),
        (b"x", {"key": "out/a"}, "Policy Condition failed"),
        (b"x", {"x-amz-meta-a": "b"}, "Extra input fields: x-amz-meta-a"),
        (b"x", {"policy": "e30="}, "SignatureDoesNotMatch"),
    ],
)
def test_a_form_keeps_to_its_policy(
    s3: SimulatedS3, version: str, content: bytes, changed: dict[str, str], expected: str
) -> None:
    reply = submit(s3, form(version, Conditions=[["content-length-range", 1, 10]]), content, **changed)

    assert reply.status >= 400
    assert expected in reply.body.decode()
    assert s3.told() == []


def test_a_form_ends_in_virtual_time(s3: SimulatedS3) -> None:
    made = form("s3")
    s3.simulation.advance(61)

    reply = submit(s3, made, b"x")

    assert (reply.status, b"Policy expired" in reply.body) == (403, True)


def test_a_form_says_how_it_wants_to_be_answered(s3: SimulatedS3) -> None:
    wanted = {"success_action_status": "201"}
    created = submit(s3, form("s3", Fields=wanted, Conditions=[wanted]), b"x")
    wanted = {"success_action_redirect": "https://example.com/done"}
    redirected = submit(s3, form("s3", Fields=wanted, Conditions=[wanted]), b"x")

    assert (created.status, b"<Key>in/\xc3\xbc 1.png</Key>" in created.body) == (201, True)
    assert redirected.status == 303
    assert redirected.headers["location"].startswith("https://example.com/done?bucket=photos&key=in%2F%C3%BC+1.png")


def test_an_unsigned_form_is_refused(s3: SimulatedS3) -> None:
    url = f"https://{BUCKET}.s3.amazonaws.com/"

    assert understand("POST", url, {}).name == "PostObject"
    assert submit(s3, {"url": url, "fields": {"key": "a"}}, b"x").status == 403
