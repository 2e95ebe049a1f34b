"""The query protocol: a form goes in, XML comes out.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-making-api-requests.html
"""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from harness.cloud.engines.sns.errors import SnsError
from harness.simulation.wire import Request

NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"
_DEEPEST_NAME = 8
_MOST_FIELDS = 10_000
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
# What XML 1.0 cannot carry; a client could not read the answer.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Entries(dict[str, str]):
    """A map in an answer: its entries have a key and a value each. Other dicts are structures."""


def parameters(request: Request) -> dict[str, Any]:
    """The parameters of a request: texts, lists, and maps of them.

    Raises:
        SnsError: they cannot be read.
    """
    try:
        text = request.body.decode()
        fields = parse_qsl(urlsplit(request.url).query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        fields += parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise SnsError("MalformedQueryString", f"The request cannot be read: {error}") from None
    root: dict[str, Any] = {}
    for name, value in fields:
        _put(root, name, value)
    return {name: _gathered(value) for name, value in root.items()}


def _put(root: dict[str, Any], name: str, value: str) -> None:
    *path, last = name.split(".")
    node: Any = root
    for part in path[:_DEEPEST_NAME]:
        node = node.setdefault(part, {})
        if not isinstance(node, dict):
            break
    if not isinstance(node, dict) or len(path) > _DEEPEST_NAME:
        raise SnsError("MalformedQueryString", f"The request has a parameter {name}, which contradicts others.")
    node[last] = value


def _gathered(value: Any) -> Any:
    """`X.member.1` becomes a list, `X.entry.1` a map, anything else a structure."""
    if not isinstance(value, dict):
        return value
    if list(value) == ["member"]:
        return [_gathered(each) for each in _numbered(value["member"])]
    if list(value) == ["entry"]:
        return dict(_pair(each) for each in _numbered(value["entry"]))
    return {name: _gathered(each) for name, each in value.items()}


def _numbered(items: Any) -> list[Any]:
    if not isinstance(items, dict) or not all(name.isdecimal() and len(name) < 6 for name in items):
        raise SnsError("MalformedQueryString", "The items of a list or map are not numbered.")
    return [items[name] for name in sorted(items, key=int)]


def _pair(entry: Any) -> tuple[str, Any]:
    for key, value in (("key", "value"), ("Name", "Value")):
        if isinstance(entry, dict) and isinstance(entry.get(key), str):
            return entry[key], _gathered(entry.get(value, ""))
    raise SnsError("MalformedQueryString", "An entry of a map has no key.")


def answer(action: str, result: dict[str, Any] | None, request_id: str) -> bytes:
    """The answer to an action.

    Args:
        result: what the action gives; None: it gives nothing.
    """
    content = "" if result is None else f"<{action}Result>{_xml(result)}</{action}Result>"
    meta = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return f'<{action}Response xmlns="{NAMESPACE}">{content}{meta}</{action}Response>'.encode()


def error_answer(error: SnsError, request_id: str) -> bytes:
    """The answer to an action that failed."""
    fault_of = "Sender" if error.is_senders_fault else "Receiver"
    content = _xml({"Error": {"Type": fault_of, "Code": error.code, "Message": error.message}})
    return f'<ErrorResponse xmlns="{NAMESPACE}">{content}<RequestId>{request_id}</RequestId></ErrorResponse>'.encode()


def _xml(value: Any) -> str:
    if isinstance(value, Entries):
        return "".join(
            f"<entry><key>{_text(key)}</key><value>{_text(each)}</value></entry>" for key, each in value.items()
        )
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(each)}</{name}>" for name, each in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml(each)}</member>" for each in value)
    return _text(str(value).lower() if isinstance(value, bool) else str(value))


def _text(text: str) -> str:
    text = _FORBIDDEN.sub("\ufffd", text)
    for character, entity in _ENTITIES.items():
        text = text.replace(character, entity)
    return text
