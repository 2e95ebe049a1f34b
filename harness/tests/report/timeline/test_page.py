"""The page is one file, asks nobody for anything, and lets nothing run but its own script."""

import json
import os
import re
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import pytest

from harness.report.place import FileNotWrittenError, NotOurFileError
from harness.report.timeline.page import MARK, MODULES, PAGE, STYLES, page_of
from harness.tests.report.timeline.conftest import ATTACK, content


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


def test_hostile_text_makes_no_tag() -> None:
    names = [tag for tag, _ in Tags(page_of(content(ATTACK))).tags]

    assert names.count("script") == 2
    assert names == [tag for tag, _ in Tags(page_of(content("harmless"))).tags]


def test_the_data_come_back_as_they_were() -> None:
    page = page_of(content(ATTACK))
    data = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)

    assert json.loads(data[0])["scenarios"][0]["message"] == ATTACK
    assert not re.search("[<>&\u2028]", data[0])


def test_only_its_own_script_and_styles_may_run() -> None:
    policy = next(str(one["content"]) for tag, one in Tags(page_of(content())).tags if "http-equiv" in one)

    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/=]{44}';", policy)
    assert "unsafe" not in policy
    assert "http" not in policy


def test_nothing_in_it_has_an_address() -> None:
    tags = Tags(page_of(content())).tags

    assert [one for _, one in tags if {"src", "href", "style", "onclick"} & set(one)] == []


def test_the_component_is_small_and_stays_readable() -> None:
    folder = resources.files("harness.report.timeline") / "static"
    names = [name for name in (*MODULES, *STYLES) if name != "verdict.css"]
    lines = [line for name in names for line in (folder / name).read_text("utf-8").splitlines()]

    assert len(lines) < 600


def test_no_module_uses_a_sink_that_reads_markup() -> None:
    folder = resources.files("harness.report.timeline") / "static"
    scripts = "".join((folder / name).read_text("utf-8") for name in MODULES)

    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|fetch\(|XMLHttp|import\(", scripts)


def test_a_page_of_ours_is_written_anew(tmp_path: Path) -> None:
    PAGE.write(tmp_path / "a.html", page_of(content("first")))
    PAGE.write(tmp_path / "a.html", page_of(content("second")))

    assert (tmp_path / "a.html").read_text("utf-8").startswith(MARK)
    assert "second" in (tmp_path / "a.html").read_text("utf-8")


def test_another_file_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<!doctype html>\nmy thesis")

    with pytest.raises(NotOurFileError, match="is there and is no timeline page, so it is not overwritten"):
        PAGE.write(tmp_path / "a.html", page_of(content()))
    assert (tmp_path / "a.html").read_text() == "<!doctype html>\nmy thesis"


def test_a_folder_is_not_a_page(tmp_path: Path) -> None:
    with pytest.raises(NotOurFileError, match="is a folder"):
        PAGE.write(tmp_path, page_of(content()))


def test_a_link_to_nowhere_is_not_followed(tmp_path: Path) -> None:
    os.symlink(tmp_path / "nowhere", tmp_path / "a.html")

    with pytest.raises(FileNotWrittenError, match="cannot be written to"):
        PAGE.write(tmp_path / "a.html", page_of(content()))


def test_a_place_that_is_a_file_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(FileNotWrittenError, match="cannot be written to .*file/a.html: Not a directory"):
        PAGE.write(tmp_path / "file" / "a.html", page_of(content()))
