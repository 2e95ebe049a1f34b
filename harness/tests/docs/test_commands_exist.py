"""Commands and files that the texts name are there."""

import re
from typing import Any

import pytest
import typer.main

from harness.cli.app import app

TEXTS = ["README.md", "CONTRIBUTING.md", "docs/index.md", "docs/quickstart.md", "docs/learn/index.md"]
TEXTS += ["docs/teach/index.md", "docs/reference/cli.md", "docs/reference/security.md"]

COMMAND = re.compile(r"(?:^\$ |`)kata (?P<name>[a-z]+)(?P<rest>[^`\n#]*)", re.MULTILINE)
TARGET = re.compile(r"(?:^\$ |`)make (?P<name>[a-z]+)", re.MULTILINE)
PLACE = re.compile(r"`(?P<path>(?:harness|katas|solutions|docs)/(?!08_name)[a-z0-9_./-]+)`")
LINK = re.compile(r"\]\((?P<path>[^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("text", TEXTS)
def test_every_kata_command_named_exists_with_its_options(text, root):
    group: Any = typer.main.get_command(app)
    for found in COMMAND.finditer((root / text).read_text(encoding="utf-8")):
        known = {option for one in group.commands[found["name"]].params for option in (*one.opts, *one.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", found["rest"])) <= known, found[0]


@pytest.mark.parametrize("text", TEXTS)
def test_every_make_target_named_exists(text, root):
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    for found in TARGET.finditer((root / text).read_text(encoding="utf-8")):
        assert re.search(rf"^{found['name']}:", makefile, re.MULTILINE), found[0]


@pytest.mark.parametrize("text", TEXTS)
def test_every_file_named_exists(text, root):
    for found in PLACE.finditer((root / text).read_text(encoding="utf-8")):
        assert (root / found["path"]).exists(), found[0]


@pytest.mark.parametrize("text", ["README.md", "CONTRIBUTING.md"])
def test_every_link_leads_somewhere(text, root):
    for found in LINK.finditer((root / text).read_text(encoding="utf-8")):
        assert (root / found["path"]).exists(), found[0]


def test_contributing_lists_the_checks_in_the_order_in_which_they_run(root):
    script = (root / ".ci" / "checks").read_text(encoding="utf-8")
    run = re.findall(r'^ALL="(.*)"$', script, re.MULTILINE)[0].split()
    table = (root / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("| check |")[2].partition("\n\n")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == run


def test_constraints_are_names_and_versions_only(root):
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+", line)] == []
