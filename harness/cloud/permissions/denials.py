"""How each AWS service says that somebody may not: its status, its code, AWS's sentence.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

import json
from xml.sax.saxutils import escape

from harness.cloud.permissions.evaluation import Decision, Need
from harness.cloud.permissions.statement import Role
from harness.simulation.wire import Call, Reply

_FORBIDDEN = ("lambda", "scheduler", "sqs", "monitoring")
"""JSON services that answer 403; the others answer 400."""

_QUERY_COMPATIBLE = ("sqs", "monitoring")
"""Services whose clients know the codes of their former protocol."""

_XML = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
)
_XML_S3 = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>'
_XML_CODES = {"sns": "AuthorizationError", "elasticloadbalancing": "AccessDenied", "sts": "AccessDenied"}


def message(role: Role, need: Need, decision: Decision) -> str:
    """AWS's sentence."""
    action = _shown(need.action)
    quote = '"' if need.action.startswith("s3:") else ""
    resource = "" if need.resource == "*" else f" on resource: {quote}{need.resource}{quote}"
    why = f"because no identity-based policy allows the {action} action"
    if decision.denied_by:
        why = f"with an explicit deny in {'a resource' if decision.by_resource else 'an identity'}-based policy"
    return f"User: {role.user} is not authorized to perform: {action}{resource} {why}"


def refusal(call: Call, sentence: str) -> Reply:
    """The service's answer."""
    if call.service == "s3":
        body = b"" if call.request.method == "HEAD" else _XML_S3.format(message=escape(sentence)).encode()
        return Reply(403, {"content-type": "application/xml"}, body)
    if call.service in _XML_CODES:
        text = _XML.format(code=_XML_CODES[call.service], message=escape(sentence))
        return Reply(403, {"content-type": "text/xml"}, text.encode())
    headers = {"content-type": "application/x-amz-json-1.0", "x-amzn-errortype": "AccessDeniedException"}
    if call.service in _QUERY_COMPATIBLE:
        headers["x-amzn-query-error"] = "AccessDenied;Sender"
    body = json.dumps({"__type": "com.amazon.coral.service#AccessDeniedException", "Message": sentence}).encode()
    return Reply(403 if call.service in _FORBIDDEN else 400, headers, body)


def _shown(action: str) -> str:
    """SQS writes its actions in lower case, SNS its own name in capitals."""
    if action.startswith("sqs:"):
        return action.lower()
    return f"SNS:{action.removeprefix('sns:')}" if action.startswith("sns:") else action
