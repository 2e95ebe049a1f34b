"""A submission is a folder; these tests write theirs into a temporary one."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from harness.cloud.template import Template, read_template

SAM = "Transform: AWS::Serverless-2016-10-31\n"
FUNCTION = """
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      CodeUri: src/
"""


class Read(Protocol):
    """Reads a template given as a text."""

    def __call__(
        self, text: str, *, parameters: dict[str, str] | None = None, names: Callable[[str], str] | None = None
    ) -> Template: ...


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission with src/app.py and no template yet."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("def handler(event, context): ...\n")
    return tmp_path


@pytest.fixture
def read(folder: Path) -> Read:
    """Reads the text as the folder's template.yaml; SAM's Transform is put on top of it."""

    def read_text(
        text: str, *, parameters: dict[str, str] | None = None, names: Callable[[str], str] | None = None
    ) -> Template:
        (folder / "template.yaml").write_text(SAM + textwrap.dedent(text))
        return read_template(
            folder,
            parameters=parameters or {},
            names=names or (lambda logical_id: "ABCDEFGHIJKL"),
            account_id="123456789012",
            region="eu-west-1",
        )

    return read_text


class ReadFunction(Protocol):
    """Reads a template of one function, Worker, and whatever else a test needs beside it."""

    def __call__(self, properties: str = "", resources: str = "") -> Template: ...


@pytest.fixture
def read_function(read: Read) -> ReadFunction:
    """Reads a template with the function Worker, more properties of it, and more resources."""

    def read_worker(properties: str = "", resources: str = "") -> Template:
        extra = textwrap.indent(textwrap.dedent(properties), " " * 6)
        more = textwrap.indent(textwrap.dedent(resources), " " * 2)
        return read(f"Resources:{FUNCTION}{extra}\n{more}")

    return read_worker
