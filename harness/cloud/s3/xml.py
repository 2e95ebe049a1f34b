"""XML as S3 takes and gives it."""

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from harness.cloud.s3.errors import malformed_xml

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"

Node = str | list[tuple[str, "Node"]]
"""What an element holds: text, or further elements in order."""


def parse(body: bytes, root: str) -> ElementTree.Element:
    """The root element of a body, without its namespaces.

    A document type is refused: it could make a small body grow without end.

    Args:
        root: the name it must have.

    Raises:
        S3Error: MalformedXML.
    """
    if b"<!" in body:
        raise malformed_xml()
    try:
        element = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError, RecursionError):
        raise malformed_xml() from None
    for each in element.iter():
        each.tag = each.tag.rpartition("}")[2]
    if element.tag != root:
        raise malformed_xml()
    return element


def text(element: ElementTree.Element, path: str, default: str = "") -> str:
    """The text below an element."""
    return (element.findtext(path) or default).strip()


def exact(element: ElementTree.Element, path: str) -> str:
    """The text below an element, blanks and all: a key may begin with one."""
    return element.findtext(path) or ""


def document(root: str, content: Node) -> bytes:
    """A whole answer."""
    inside = "".join(_written(content))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">{inside}</{root}>'.encode()


def _written(content: Node) -> Iterator[str]:
    if isinstance(content, str):
        yield escape(content)
        return
    for name, inner in content:
        yield f"<{name}>"
        yield from _written(inner)
        yield f"</{name}>"
