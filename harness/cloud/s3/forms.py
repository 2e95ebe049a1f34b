"""Uploads by an HTML form (`generate_presigned_post`): a policy says what may be uploaded, and until when.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
"""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from harness.cloud.s3 import signatures, xml
from harness.cloud.s3.errors import S3Error, access_denied, invalid_argument
from harness.simulation.wire import Reply

_UNCONDITIONED = ("policy", "file", "x-amz-signature", "signature", "awsaccesskeyid", "x-amz-security-token")
_KEPT_HEADERS = ("content-type", "cache-control", "content-disposition", "content-encoding", "expires")


@dataclass(frozen=True)
class Form:
    """A form as it was sent.

    Attributes:
        fields: names in lower case.
    """

    fields: Mapping[str, str]
    content: bytes

    @property
    def key(self) -> str:
        """The name the object gets."""
        return self.fields["key"].replace("${filename}", self.fields.get("file", ""))

    @property
    def headers(self) -> dict[str, str]:
        """Those of the PutObject that this form amounts to."""
        return {
            name: value
            for name, value in self.fields.items()
            if name in _KEPT_HEADERS or name.startswith("x-amz-meta-") or name == "x-amz-storage-class"
        }


def parse(content_type: str, body: bytes) -> Form:
    """Reads a form; what follows the file is not read, as S3 does not.

    Raises:
        S3Error: it is no such form, or it lacks the key or the file.
    """
    boundary = re.search(r'boundary="?([^";,]{1,70})"?', content_type)
    if boundary is None:
        raise S3Error(412, "PreconditionFailed", "Bucket POST must be of the enclosure-type multipart/form-data")
    fields: dict[str, str] = {}
    for part in body.split(b"--" + boundary[1].encode())[1:]:
        head, found, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]*)"', head)
        if not found or name is None:
            break
        content = content.removesuffix(b"\r\n")
        if name[1] == b"file":
            filename = re.search(rb'filename="([^"]*)"', head)
            fields["file"] = filename[1].decode(errors="replace") if filename else ""
            if "key" not in fields:
                break
            return Form(fields, content)
        fields[name[1].decode(errors="replace").lower()] = content.decode(errors="replace")
    raise invalid_argument("POST requires exactly one file upload per request, and the field key before it.")


def check(form: Form, bucket: str, now: datetime, secret: str) -> None:
    """The form is signed, its policy has not expired, and it keeps to every condition.

    Raises:
        S3Error: it is not, has, does not.
    """
    fields = form.fields
    if "policy" not in fields:
        raise access_denied()
    if "x-amz-signature" in fields:
        _, date, region, service, _ = [*fields.get("x-amz-credential", "").split("/"), "", "", "", "", ""][:5]
        expected, given = signatures.signed(fields["policy"], secret, date, f"{region}/{service}"), "x-amz-signature"
    else:
        expected, given = signatures.signed_version_2(fields["policy"], secret), "signature"
    if not hmac.compare_digest(expected.encode(), fields.get(given, "").encode()):
        raise signatures.mismatch()
    policy = _policy(fields["policy"])
    if now > _ends(policy):
        raise access_denied("Invalid according to Policy: Policy expired.")
    _check_conditions(policy.get("conditions", []), form, bucket)


def _policy(encoded: str) -> dict[str, Any]:
    try:
        policy = json.loads(base64.b64decode(encoded))
    except (binascii.Error, ValueError, RecursionError):
        policy = None
    if not isinstance(policy, dict) or not isinstance(policy.get("conditions", []), list):
        raise S3Error(400, "InvalidPolicyDocument", "Invalid Policy: Invalid JSON.")
    return policy


def _ends(policy: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(policy.get("expiration", "")).replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        raise S3Error(400, "InvalidPolicyDocument", "Invalid Policy: Invalid 'expiration' value.") from None


def _check_conditions(conditions: list[Any], form: Form, bucket: str) -> None:
    values = {**form.fields, "bucket": bucket}
    allowed = set(_UNCONDITIONED)
    for condition in conditions:
        kind, name, wanted = _condition(condition)
        if kind == "content-length-range":
            _check_length(len(form.content), name, wanted)
            continue
        name = str(name).removeprefix("$").lower()
        allowed.add(name)
        value = values.get(name, "")
        if not (value == wanted if kind == "eq" else value.startswith(str(wanted))):
            raise access_denied(f"Invalid according to Policy: Policy Condition failed: {json.dumps(condition)}")
    extra = [name for name in form.fields if name not in allowed and not name.startswith("x-ignore-")]
    if extra:
        raise access_denied(f"Invalid according to Policy: Extra input fields: {', '.join(extra)}")


def _condition(condition: Any) -> tuple[str, Any, Any]:
    if isinstance(condition, dict) and len(condition) == 1:
        return "eq", *next(iter(condition.items()))
    if isinstance(condition, list) and len(condition) == 3:
        kind = str(condition[0]).lower()
        if kind in ("eq", "starts-with", "content-length-range"):
            return kind, condition[1], condition[2]
    raise S3Error(400, "InvalidPolicyDocument", f"Invalid Policy: Invalid Condition: {json.dumps(condition)}")


def _check_length(length: int, least: Any, most: Any) -> None:
    if not isinstance(least, int) or not isinstance(most, int):
        raise S3Error(400, "InvalidPolicyDocument", "Invalid Policy: Invalid content-length-range")
    if length > most:
        message = "Your proposed upload exceeds the maximum allowed size"
        raise S3Error(
            400, "EntityTooLarge", message, details={"ProposedSize": str(length), "MaxSizeAllowed": str(most)}
        )
    if length < least:
        message = "Your proposed upload is smaller than the minimum allowed size"
        raise S3Error(
            400, "EntityTooSmall", message, details={"ProposedSize": str(length), "MinSizeAllowed": str(least)}
        )


def answer(form: Form, bucket: str, url: str, stored: Reply) -> Reply:
    """What the browser gets.

    Args:
        url: of the new object.
        stored: the answer to the PutObject.
    """
    etag = stored.headers.get("etag", "")
    headers = {"etag": etag, "location": url}
    if version_id := stored.headers.get("x-amz-version-id"):
        headers["x-amz-version-id"] = version_id
    redirect = form.fields.get("success_action_redirect", "")
    if redirect:
        joint = "&" if "?" in redirect else "?"
        query = urlencode({"bucket": bucket, "key": form.key, "etag": etag})
        return Reply(303, headers | {"location": f"{redirect}{joint}{query}"}, b"")
    status = form.fields.get("success_action_status", "204")
    if status == "201":
        body = xml.document("PostResponse", [("Location", url), ("Bucket", bucket), ("Key", form.key), ("ETag", etag)])
        return Reply(201, headers | {"content-type": "application/xml"}, body)
    return Reply(200 if status == "200" else 204, headers, b"")
