"""AWS's query protocol: parameters in a form, answers in XML.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/making-api-requests.html
"""

from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from harness.simulation.wire import Reply

NAMESPACE = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"
_DEPTH = 16


def parameters_of_form(body: bytes) -> dict[str, Any]:
    """The parameters of a call, lists and structures put together; "Action" is one of them."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=5000):
        keys = name.split(".", _DEPTH)
        node = root
        for key in keys[:-1]:
            below = node.setdefault(key, {})
            if not isinstance(below, dict):
                break
            node = below
        else:
            node[keys[-1]] = value
    return {name: _lists(value) for name, value in root.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    members = value.get("member")
    if isinstance(members, dict) and len(value) == 1:
        numbered = {int(key): one for key, one in members.items() if key.isascii() and key.isdigit() and len(key) < 6}
        return [_lists(numbered[number]) for number in sorted(numbered)]
    return {key: _lists(one) for key, one in value.items()}


def answer(operation: str, result: dict[str, Any], request_id: str) -> Reply:
    """A successful answer."""
    body = (
        f'<{operation}Response xmlns="{NAMESPACE}"><{operation}Result>{_xml(result)}</{operation}Result>'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    )
    return Reply(200, {"content-type": "text/xml"}, body.encode())


def error(status: int, code: str, message: str, request_id: str) -> Reply:
    """An error."""
    inside = f"<Type>Sender</Type><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    body = (
        f'<ErrorResponse xmlns="{NAMESPACE}"><Error>{inside}</Error><RequestId>{request_id}</RequestId></ErrorResponse>'
    )
    return Reply(status, {"content-type": "text/xml"}, body.encode(errors="replace"))


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{key}>{_xml(one)}</{key}>" for key, one in value.items() if one is not None)
    if isinstance(value, list | tuple):
        return "".join(f"<member>{_xml(one)}</member>" for one in value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))
