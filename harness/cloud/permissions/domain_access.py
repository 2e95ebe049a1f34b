"""Who may reach an OpenSearch domain: its access policy, and the role of whoever signed the request.

A request without a signature is anonymous: only a statement whose principal is everybody lets
it in. A signed one also has what the policies of its role allow. The action is that of the HTTP
method, the resource the path below the domain. The signature itself is not verified.

Sources: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html
https://repost.aws/knowledge-center/anonymous-not-authorized-opensearch
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from harness.cloud.permissions import denials
from harness.cloud.permissions.conditions import is_met
from harness.cloud.permissions.evaluation import Decision, Need, covers
from harness.cloud.permissions.gate import Permissions
from harness.cloud.permissions.plain import plain_statement
from harness.cloud.permissions.statement import Role, Statement
from harness.cloud.resource_policies import statements_of
from harness.simulation.wire import Call, Reply

_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/\s,]+/[^/\s,]+/[^/\s,]+/(?P<service>[^/\s,]+)/aws4_request")
_IN_QUERY = re.compile(r"[?&]X-Amz-Credential=[^&]+%2F(?P<service>[^%&]+)%2Faws4_request")
_ANONYMOUS = "User: anonymous is not authorized to perform: {0} because no resource-based policy allows the {0} action"
_SIGN_IT = (
    "The domain admits nobody anonymous. Sign the request: "
    'SigV4Auth(session.get_credentials(), "es", region).add_auth(AWSRequest(method, url, data=body))'
)


def domain_statements(policy: Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements of a domain's access policy."""
    return tuple(plain_statement(each, "the domain's access policy") for each in statements_of(policy))


class DomainAccess:
    """The gate before one domain."""

    def __init__(self, permissions: Permissions, arn: str, statements: Iterable[Statement]) -> None:
        self._permissions = permissions
        self._arn = arn
        self._statements = tuple(statements)

    def refusal(self, call: Call, path: str) -> Reply | None:
        """The domain's answer to a request that may not be made; None: go on.

        Args:
            path: of the request, without its query.
        """
        role = self._permissions.role_behind(call)
        if role is None:
            return None
        need = Need(f"es:ESHttp{call.request.method.capitalize()}", f"{self._arn}/{path.lstrip('/')}")
        service = _signed_for(call)
        if service is None:
            return self._anonymous(call, role, need)
        if service != "es":
            return _forbidden({"message": "Credential should be scoped to correct service: 'es'. "})
        decision = self._permissions.decision(role, need)
        return None if decision.allowed else self._denied(call, role, need, decision)

    def _anonymous(self, call: Call, role: Role, need: Need) -> Reply | None:
        facts = {"aws:securetransport": (str(call.request.url.startswith("https:")).lower(),)}
        effects = [
            each.allows
            for each in self._statements
            if ("*" in each.principals) is not each.all_but_principals
            and covers(each, need.action, need.resource)
            and all(is_met(condition, facts) for condition in each.conditions)
        ]
        if effects and all(effects):
            return None
        sentence = _ANONYMOUS.format(need.action)
        self._permissions.note(call, role, need, sentence, _SIGN_IT)
        return _forbidden({"Message": sentence})

    def _denied(self, call: Call, role: Role, need: Need, decision: Decision) -> Reply:
        sentence = denials.message(role, Need(need.action, "*"), decision)
        self._permissions.note(call, role, need, sentence, self._permissions.remedy(role, need, decision))
        return _forbidden({"Message": sentence})


def _signed_for(call: Call) -> str | None:
    """The service that a request is signed for; None: it is not signed."""
    found = _SIGNED.match(call.request.headers.get("authorization", "")) or _IN_QUERY.search(call.request.url)
    return found["service"] if found else None


def _forbidden(body: Mapping[str, str]) -> Reply:
    return Reply(403, {"content-type": "application/json"}, json.dumps(body).encode())
