"""The one place that asks whether a function may make a call. Asked by the gateway before a service works.

Only functions, container tasks and whoever holds a URL they signed are asked; an acceptance test
and AWS's own deliveries are not.
"""

from collections.abc import Callable
from dataclasses import dataclass

from harness.cloud.gateway import AwsService
from harness.cloud.permissions import denials
from harness.cloud.permissions.access_keys import access_key, signer_key
from harness.cloud.permissions.conditions import Facts
from harness.cloud.permissions.evaluation import Decision, Need, decide
from harness.cloud.permissions.needs import reader
from harness.cloud.permissions.needs.asked import Asked
from harness.cloud.permissions.records import AccessDenied
from harness.cloud.permissions.statement import PermissionSpec, Role, Statement
from harness.cloud.template import Template
from harness.simulation.clock import Clock
from harness.simulation.trace import Trace
from harness.simulation.wire import Call, Reply

_BY_TARGET = frozenset(
    [("dynamodb", name) for name in ("GetItem", "PutItem", "UpdateItem", "DeleteItem")]
    + [("sqs", name) for name in ("SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage")]
    + [("sns", "Publish"), ("kinesis", "PutRecord"), ("kinesis", "PutRecords")]
)
"""Operations of which the target alone says what they need: decided once for a function and a target."""

_CHANGING_POLICIES = frozenset(
    [("sqs", "SetQueueAttributes"), ("sqs", "CreateQueue"), ("sqs", "DeleteQueue")]
    + [("sns", name) for name in ("SetTopicAttributes", "AddPermission", "RemovePermission", "CreateTopic")]
    + [("sns", "DeleteTopic")]
)
"""After these, what was decided before may be wrong."""

_REMEMBERED = 20_000


@dataclass(frozen=True)
class _Refusing:
    """Answers a call that is not allowed."""

    reply: Reply

    async def answer(self, call: Call) -> Reply:
        return self.reply


class Permissions:
    """Decides by the roles of the template as it is deployed now.

    Attributes:
        work_group_of: the workgroup of an execution of Athena, by its id; "" if there is none.
        replaced_policy: the statements of a resource's policy if a call has replaced the template's; None: none has.
    """

    def __init__(
        self, template: Callable[[], Template], clock: Clock, trace: Trace, *, account_id: str, region: str
    ) -> None:
        """Args:
        template: gives the template; another one after an update of the stack.
        """
        self._template = template
        self._clock = clock
        self._trace = trace
        self._account_id = account_id
        self._region = region
        self.work_group_of: Callable[[str], str] = lambda execution_id: ""
        self.replaced_policy: Callable[[str], tuple[Statement, ...] | None] = lambda arn: None
        self._spec: PermissionSpec | None = None
        self._signers: dict[str, str] = {}
        self._decisions: dict[tuple[str, str, str], Decision] = {}
        self._open: set[tuple[str, str, str, str]] = set()

    def admit(self, call: Call, service: AwsService) -> AwsService:
        """The service, or what refuses the call in its place."""
        refused = self.refusal(call)
        if (call.service, call.operation) in _CHANGING_POLICIES:
            self._forget()
        if refused is not None:
            return _Refusing(refused)
        if call.service == "s3" and (role := self.role_behind(call)):
            from harness.cloud.permissions.guarded_s3 import GuardedS3

            return GuardedS3(service, self, role)
        return service

    def refusal(self, call: Call) -> Reply | None:
        """The service's answer to a call that is not allowed; None: it may be made."""
        caller = call.caller.function if call.caller.environment else ""
        key = (caller, call.service, call.operation, call.target)
        if key in self._open and self._template().permissions is self._spec:
            return None
        role = self.role_behind(call)
        if role is None:
            return None
        asked = self.asked(call)
        firm = True
        for need in reader(call.service)(asked):
            decision = self.decision(role, need)
            if not decision.allowed:
                return self.deny(call, role, need, decision)
            firm = firm and decision.firm
        if firm and call.target and key[1:3] in _BY_TARGET:
            self._open.add(key)
        return None

    def asked(self, call: Call) -> Asked:
        """The call as those who say what it needs look at it."""
        return Asked(call, self._template(), self._account_id, self._region, self.work_group_of)

    def role_behind(self, call: Call) -> Role | None:
        """The role whose permissions a call has; None: nobody's, so it is not asked."""
        roles = self._roles()
        if call.caller.environment:
            return roles.get(call.caller.function)
        if call.service != "s3":
            return None
        return roles.get(self._signers.get(signer_key(call.request), ""))

    def decision(self, role: Role, need: Need) -> Decision:
        """Whether the role may."""
        key = (role.owner, need.action, need.resource)
        known = self._decisions.get(key)
        if known is None:
            facts = Need(need.action, need.resource, lambda: {**self._everywhere(role), **need.facts()})
            known = decide(role, facts, self._policy(_owner(need.resource)))
            if known.firm and len(self._decisions) < _REMEMBERED:
                self._decisions[key] = known
        return known

    def allows(self, owner: str, need: Need) -> bool:
        """Whether a function or task may do something: for an engine that does more than its call says."""
        role = self._roles().get(owner)
        return role is None or self.decision(role, need).allowed

    def deny(self, call: Call, role: Role, need: Need, decision: Decision) -> Reply:
        """Refuses the call, and writes down what would have allowed it."""
        sentence = denials.message(role, need, decision)
        self.note(call, role, need, sentence, self.remedy(role, need, decision))
        return denials.refusal(call, sentence)

    def remedy(self, role: Role, need: Need, decision: Decision) -> str:
        """What to write into the template."""
        from harness.cloud.permissions.remedy import remedy  # most runs deny nothing

        return remedy(role, need, decision, self._template())

    def note(self, call: Call, role: Role, need: Need, sentence: str, remedy: str) -> None:
        """Writes a denial down."""
        self._trace.append(
            AccessDenied(
                call=call.id,
                function=role.owner,
                request_id=call.caller.request_id,
                action=need.action,
                resource=need.resource,
                message=sentence,
                remedy=remedy,
            )
        )

    def _policy(self, arn: str) -> tuple[Statement, ...]:
        """The resource's own policy."""
        replaced = self.replaced_policy(arn)
        return self._template().permissions.resource_policies.get(arn, ()) if replaced is None else replaced

    def _forget(self) -> None:
        self._decisions.clear()
        self._open.clear()

    def _roles(self) -> dict[str, Role]:
        spec = self._template().permissions
        if spec is not self._spec:
            self._spec = spec
            self._forget()
            self._signers = {access_key(owner): owner for owner in spec.roles}
        return spec.roles

    def _everywhere(self, role: Role) -> Facts:
        """Condition keys that every call has."""
        now = self._clock.utcnow()
        return {
            "aws:principalarn": (role.arn,),
            "aws:principalaccount": (role.account_id,),
            "aws:principaltype": ("AssumedRole",),
            "aws:userid": (f"AROA{access_key(role.name)[4:]}:{role.session}",),
            "aws:requestedregion": (self._region,),
            "aws:resourceaccount": (self._account_id,),
            "aws:securetransport": ("true",),
            "aws:viaawsservice": ("false",),
            "aws:principalisawsservice": ("false",),
            "aws:currenttime": (now.strftime("%Y-%m-%dT%H:%M:%SZ"),),
            "aws:epochtime": (str(int(now.timestamp())),),
            "lambda:sourcefunctionarn": (role.owner_arn,),
        }


def _owner(arn: str) -> str:
    """The ARN of the resource whose own policy counts: an object's bucket, the domain of a path."""
    if arn.startswith("arn:aws:es:"):
        return "/".join(arn.split("/")[:2])
    return arn.partition("/")[0] if arn.startswith("arn:aws:s3:::") else arn
