"""Access key ids: each role has its own, so that S3 knows whose permissions a presigned URL carries.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html#who-presigned-url
"""

import base64
import hashlib
import re
from urllib.parse import unquote

from harness.simulation.wire import Request

_IN_URL = re.compile(r"[?&](?:AWSAccessKeyId|X-Amz-Credential)=(ASIA[A-Z2-7]{16})")
_IN_FORM = re.compile(rb'name="(?:x-amz-credential|awsaccesskeyid)"\s+(ASIA[A-Z2-7]{16})', re.IGNORECASE)
_FORM_BYTES = 65_536


def access_key(owner: str) -> str:
    """The access key id of a function's or task's role.

    Args:
        owner: logical id.
    """
    return f"ASIA{base64.b32encode(hashlib.blake2b(owner.encode(), digest_size=10).digest()).decode()}"


def signer_key(request: Request) -> str:
    """The access key id that signed a URL or a form; "" if neither is signed."""
    if found := _IN_URL.search(unquote(request.url) if "%" in request.url else request.url):
        return found[1]
    if request.method != "POST" or "multipart/form-data" not in request.headers.get("content-type", ""):
        return ""
    in_form = _IN_FORM.search(request.body[:_FORM_BYTES])
    return in_form[1].decode() if in_form else ""
