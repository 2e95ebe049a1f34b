"""Signatures in URLs and forms: whoever has one may do that one thing for a while, and no other.

Both kinds that boto3 makes are checked, against the one secret of this account. A signature in
the Authorization header is taken as it is: its sender holds the credentials of a function.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import msgspec

from harness.cloud.s3.errors import S3Error, access_denied
from harness.cloud.s3.operations import Operation
from harness.cloud.template.shapes import words
from harness.simulation.wire import Request

WEEK_S = 604_800
_SAFE = "-_.~"
_AS_HEADERS = ("x-amz-meta-", "x-amz-storage-class", "x-amz-tagging", "x-amz-acl")


def check(request: Request, operation: Operation, now: datetime, secret: str) -> None:
    """Refuses a request that is signed by nobody, wrongly, or too long ago.

    Raises:
        S3Error: AccessDenied, SignatureDoesNotMatch or AuthorizationQueryParametersError.
    """
    if "X-Amz-Signature" in operation.query:
        _check_version_4(request, operation.query, now, secret)
    elif "Signature" in operation.query:
        _check_version_2(request, operation, now, secret)
    elif "authorization" not in request.headers and operation.name != "PostObject":
        raise access_denied()


def unsigned(request: Request, operation: Operation) -> Request:
    """The request that the signature in its URL is about, without it; what S3 reads as headers is among them."""
    if "X-Amz-Signature" not in operation.query and "Signature" not in operation.query:
        return request
    address, _, query = request.url.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    headers = {name: value for name, value in pairs if name.startswith(_AS_HEADERS)}
    kept = [f"{quote(name, safe=_SAFE)}={quote(value, safe=_SAFE)}" for name, value in pairs if not _signs(name)]
    return msgspec.structs.replace(
        request, url=address + ("?" if kept else "") + "&".join(kept), headers={**headers, **request.headers}
    )


def signed(text: str, secret: str, date: str, scope: str) -> str:
    """A signature of version 4.

    Args:
        date: as in "20260105".
        scope: "eu-west-1/s3".
    """
    key = f"AWS4{secret}".encode()
    for step in (date, *scope.split("/"), "aws4_request"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def signed_version_2(text: str, secret: str) -> str:
    """A signature of version 2, which boto3 still makes for presigned URLs of most Regions."""
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def mismatch() -> S3Error:
    """Something was signed, and this is another thing."""
    message = (
        "The request signature we calculated does not match the signature you provided. Check your key and "
        "signing method."
    )
    return S3Error(403, "SignatureDoesNotMatch", message)


def _check_version_4(request: Request, query: Mapping[str, str], now: datetime, secret: str) -> None:
    signed_at, date, scope = _when(query)
    if now > signed_at + timedelta(seconds=int(query["X-Amz-Expires"])):
        raise _expired(signed_at + timedelta(seconds=int(query["X-Amz-Expires"])), now)
    names = query.get("X-Amz-SignedHeaders", "").split(";")
    parts = urlsplit(request.url)
    headers = {**request.headers, "host": parts.netloc}
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "X-Amz-Signature"]
    canonical = [
        request.method,
        quote(unquote(parts.path), safe=f"/{_SAFE}"),
        "&".join(sorted(f"{quote(name, safe=_SAFE)}={quote(value, safe=_SAFE)}" for name, value in pairs)),
        *(f"{name}:{' '.join(headers.get(name, '').split())}" for name in names),
        "",
        ";".join(names),
        headers.get("x-amz-content-sha256", query.get("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")),
    ]
    digest = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{query['X-Amz-Date']}\n{date}/{scope}/aws4_request\n{digest}"
    if not hmac.compare_digest(signed(text, secret, date, scope).encode(), query["X-Amz-Signature"].encode()):
        raise mismatch()


def _when(query: Mapping[str, str]) -> tuple[datetime, str, str]:
    """When it was signed; the date and the scope of its credential."""
    try:
        signed_at = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        _, date, region, service, _ = query["X-Amz-Credential"].split("/")
        expires_s = int(query["X-Amz-Expires"])
    except (KeyError, ValueError):
        message = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."  # fmt: skip # noqa: E501
        raise S3Error(400, "AuthorizationQueryParametersError", message) from None
    if not 0 < expires_s <= WEEK_S:
        message = (
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
            f"{WEEK_S} seconds"
        )
        raise S3Error(400, "AuthorizationQueryParametersError", message)
    return signed_at, date, f"{region}/{service}"


def _check_version_2(request: Request, operation: Operation, now: datetime, secret: str) -> None:
    expires = operation.query.get("Expires", "")
    if not expires.isdecimal() or len(expires) > 12:
        raise access_denied("Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")
    ends = datetime.fromtimestamp(int(expires), UTC)
    if now > ends:
        raise _expired(ends, now)
    given = {**request.headers, **{name: value for name, value in operation.query.items() if name.startswith("x-amz-")}}
    amazon = [f"{name}:{' '.join(given[name].split())}\n" for name in sorted(given) if name.startswith("x-amz-")]
    head = [request.method, given.get("content-md5", ""), given.get("content-type", ""), expires]
    text = "\n".join(head) + "\n" + "".join(amazon) + _resource(request, operation)
    if not hmac.compare_digest(signed_version_2(text, secret).encode(), operation.query["Signature"].encode()):
        raise mismatch()


_SUBRESOURCES = words("""
    acl cors delete lifecycle location logging notification partNumber policy requestPayment restore tagging torrent
    uploadId uploads versionId versioning versions website response-cache-control response-content-disposition
    response-content-encoding response-content-language response-content-type response-expires
""")


def _resource(request: Request, operation: Operation) -> str:
    path = urlsplit(request.url).path
    if not path.startswith(f"/{operation.bucket}/") or ".s3" in urlsplit(request.url).netloc:
        path = f"/{operation.bucket}{path}"
    named = sorted((name, value) for name, value in operation.query.items() if name in _SUBRESOURCES)
    listed = "&".join(f"{name}={value}" if value else name for name, value in named)
    return f"{path}?{listed}" if listed else path


def _expired(ends: datetime, now: datetime) -> S3Error:
    shown = "%Y-%m-%dT%H:%M:%SZ"
    return access_denied("Request has expired", Expires=ends.strftime(shown), ServerTime=now.strftime(shown))


def _signs(name: str) -> bool:
    return name in ("AWSAccessKeyId", "Signature", "Expires", "content-type", "content-md5") or name.lower().startswith(
        "x-amz-"
    )
