"""S3 in front of which stands the gate, where S3 answers otherwise than with a plain 403.

DeleteObjects is refused key by key, and who may not list a bucket does not learn that an object
is missing.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from urllib.parse import unquote

import msgspec

from harness.cloud.gateway import AwsService
from harness.cloud.permissions.evaluation import Need
from harness.cloud.permissions.gate import Permissions
from harness.cloud.permissions.needs import s3
from harness.cloud.permissions.statement import Role
from harness.cloud.s3 import xml
from harness.cloud.s3.errors import S3Error
from harness.simulation.wire import Call, Reply

_READS = ("GetObject", "HeadObject", "CopyObject")
_OF_THE_BODY = ("content-md5", "content-length", "x-amz-sdk-checksum-algorithm", "x-amz-trailer")


class GuardedS3:
    """Answers for `s3`."""

    def __init__(self, service: AwsService, permissions: Permissions, role: Role) -> None:
        """Args:
        role: whose permissions the call has.
        """
        self._service = service
        self._permissions = permissions
        self._role = role

    async def answer(self, call: Call) -> Reply:
        """The service's answer, as far as the role behind the call may have it."""
        if call.operation == "DeleteObjects":
            return await self._delete(call)
        reply = await self._service.answer(call)
        if reply.status == 404 and call.operation in _READS and (need := self._hidden(call, reply)):
            decision = self._permissions.decision(self._role, need)
            if not decision.allowed:
                return self._permissions.deny(call, self._role, need, decision)
        return reply

    def _hidden(self, call: Call, reply: Reply) -> Need | None:
        """What one needs to be told that a key is missing; None: it is the bucket that is."""
        if b"NoSuchBucket" in reply.body:
            return None
        source = unquote(call.request.headers.get("x-amz-copy-source", "")).lstrip("/").partition("/")[0]
        return s3.listing(source or call.target)

    async def _delete(self, call: Call) -> Reply:
        denied: list[str] = []
        for key, need in s3.deletions(self._permissions.asked(call)):
            decision = self._permissions.decision(self._role, need)
            if not decision.allowed:
                self._permissions.deny(call, self._role, need, decision)
                denied.append(key)
        if not denied:
            return await self._service.answer(call)
        rest = _without(call, denied)
        reply = await self._service.answer(rest) if rest else Reply(200, {}, xml.document("DeleteResult", []))
        if reply.status != 200:
            return reply
        errors = b"".join(map(_error, denied))
        body = reply.body.replace(b"</DeleteResult>", errors + b"</DeleteResult>")
        return Reply(200, {**reply.headers, "content-type": "application/xml"}, body)


def _without(call: Call, denied: list[str]) -> Call | None:
    """The call with the other keys only; None: there are none."""
    try:
        root = xml.parse(call.request.body, "Delete")
    except S3Error:
        return call
    kept: list[tuple[str, xml.Node]] = []
    for each in root:
        if each.tag != "Object":
            kept.append((each.tag, each.text or ""))
        elif xml.exact(each, "Key") not in denied:
            kept.append(("Object", [(part.tag, part.text or "") for part in each]))
    if not any(name == "Object" for name, _ in kept):
        return None
    headers = {
        name: value
        for name, value in call.request.headers.items()
        if name not in _OF_THE_BODY and not name.startswith("x-amz-checksum-")
    }
    request = msgspec.structs.replace(call.request, headers=headers, body=xml.document("Delete", kept))
    return msgspec.structs.replace(call, request=request)


def _error(key: str) -> bytes:
    entry: xml.Node = [("Key", key), ("Code", "AccessDenied"), ("Message", "Access Denied")]
    return xml.document("Error", entry).partition(b"?>\n")[2].replace(f' xmlns="{xml.NAMESPACE}"'.encode(), b"")
