"""Amazon S3 as a client sees it: one HTTP request, one reply, out of moto's state.

moto keeps buckets, objects, versions and uploads. Around it stand the checks it leaves out
(`guards`, `signatures`), what it does otherwise than S3 (`versions`, `objects`), and what it
does not do in virtual time (`notifier`, `lifecycle`). Reads are strongly consistent, as S3's
are: a write is there at the instant it is done.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
"""

import base64
import json
import random

import msgspec

from harness.cloud.account import Account
from harness.cloud.s3 import guards, signatures
from harness.cloud.s3.bucket_actions import BucketActions
from harness.cloud.s3.errors import S3Error
from harness.cloud.s3.journal import Doing, Journal, Targets
from harness.cloud.s3.notifier import Deliver, Notifier
from harness.cloud.s3.objects import SIGNED, ObjectActions, object_url
from harness.cloud.s3.operations import Operation, understand
from harness.cloud.s3.state import Buckets
from harness.cloud.template.model_bucket import BucketSpec
from harness.faults.board import FaultBoard
from harness.simulation.loop import VirtualLoop
from harness.simulation.randomness import Randomness
from harness.simulation.trace import Trace
from harness.simulation.wire import Call, Reply, Request

PAGE = 1000
_NOT_SENT_BACK = ("x-amzn-requestid", "x-amz-sdk-checksum-algorithm", "x-amz-content-sha256", "x-amz-trailer")
_LISTS = ("ListObjects", "ListObjectsV2")


class S3Service:
    """All buckets of the account.

    Attributes:
        state: what is in them.
        notifier: what they told whom.
        logical_ids: of the template's buckets, by name.
    """

    def __init__(
        self,
        *,
        account: Account,
        loop: VirtualLoop,
        trace: Trace,
        randomness: Randomness,
        faults: FaultBoard,
        targets: Targets,
        deliver: Deliver,
        secret: str,
    ) -> None:
        """Args:
        deliver: hands a notification to its target.
        secret: the secret key that every signature of this account is made with.
        """
        chance = randomness.stream("s3")
        self._account = account
        self._clock = loop.clock
        self._chance: random.Random = chance
        self._secret = secret
        self.state = Buckets(account)
        self.logical_ids: dict[str, str] = {}
        self.notifier = Notifier(
            loop=loop, trace=trace, faults=faults, chance=randomness.stream("s3/notifications"), deliver=deliver
        )
        journal = Journal(loop.clock, self.notifier, targets, self.logical_ids)
        objects = ObjectActions(account, self.state, journal, loop.clock, chance, secret)
        self._buckets = BucketActions(
            account=account,
            buckets=self.state,
            objects=objects,
            journal=journal,
            notifier=self.notifier,
            targets=targets,
            loop=loop,
            chance=chance,
        )
        self._actions = {**objects.by_name(), **self._buckets.by_name()}

    def deploy(self, spec: BucketSpec) -> None:
        """Creates a bucket of the template.

        Raises:
            BucketRefused: S3 does not take it.
        """
        self.logical_ids[spec.name] = spec.logical_id
        self._buckets.deploy(spec, self._doing("cloudformation"))

    async def answer(self, call: Call) -> Reply:
        """Carries out one request; a refusal is a reply too."""
        return self._reply(call.request, call.caller.function, check_signature=True)

    def do(self, request: Request, requester: str) -> Reply:
        """Carries out a request that needs no signature: of another AWS service, or of the operator.

        Args:
            requester: who it is, in words.
        """
        return self._reply(request, requester, check_signature=False)

    def put(self, bucket: str, key: str, body: bytes, headers: dict[str, str], requester: str) -> Reply:
        """`do` with PutObject."""
        return self.do(Request("PUT", object_url(bucket, key), headers, body), requester)

    def _reply(self, request: Request, requester: str, *, check_signature: bool) -> Reply:
        operation = understand(request.method, request.url, request.headers)
        doing = self._doing(requester)
        try:
            if check_signature:
                signatures.check(request, operation, self._clock.utcnow(), self._secret)
                request = signatures.unsigned(request, operation)
            request = msgspec.structs.replace(request, headers={**SIGNED, **request.headers})
            guards.check(operation, request.headers, request.body, self.state)
            reply = self._carry_out(operation, _within_limits(request, operation), doing)
            reply = _as_s3(reply)
        except S3Error as error:
            reply = error.reply(request.method)
        return self._dressed(reply, operation, doing)

    def _carry_out(self, operation: Operation, request: Request, doing: Doing) -> Reply:
        action = self._actions.get(operation.name)
        reply = action(operation, request, doing) if action else self._account.answer(request)
        if action and reply.status < 300:
            self._buckets.plan_sweep(operation.bucket)
        return reply

    def _doing(self, requester: str) -> Doing:
        host_id = base64.b64encode(self._chance.getrandbits(456).to_bytes(57, "big")).decode()
        return Doing(requester, f"{self._chance.getrandbits(80):016X}"[:16], host_id)

    def _dressed(self, reply: Reply, operation: Operation, doing: Doing) -> Reply:
        """The reply with the headers every one has, and without those that S3 does not send."""
        headers = {name: value for name, value in reply.headers.items() if name not in _NOT_SENT_BACK}
        if headers.get("x-amz-version-id") == "null" and not self._is_versioned(operation.bucket):
            del headers["x-amz-version-id"]
        headers["x-amz-request-id"] = doing.request_id
        headers["x-amz-id-2"] = doing.host_id
        headers["date"] = self._clock.utcnow().strftime("%a, %d %b %Y %H:%M:%S GMT")
        headers["server"] = "AmazonS3"
        return Reply(reply.status, headers, reply.body)

    def _is_versioned(self, bucket: str) -> bool:
        return self.state.exists(bucket) and self.state.is_versioned(bucket)


def _within_limits(request: Request, operation: Operation) -> Request:
    """A list has a page of 1,000 at most, however much is asked for."""
    asked = operation.query.get("max-keys", "0")
    if operation.name not in _LISTS or int(asked[:9]) <= PAGE:
        return request
    return msgspec.structs.replace(request, url=request.url.replace(f"max-keys={asked}", f"max-keys={PAGE}"))


def _as_s3(reply: Reply) -> Reply:
    """moto's own refusals, in S3's form."""
    if reply.status < 500 or not reply.headers.get("content-type", "").startswith("application/x-amz-json"):
        return reply
    said = json.loads(reply.body)
    code = "NotImplemented" if reply.status == 501 else "InternalError"
    raise S3Error(reply.status, code, str(said.get("message", "")))
