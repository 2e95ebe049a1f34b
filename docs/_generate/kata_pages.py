"""What a pattern's page takes from its kata: promises with their tests, chaff, failures."""

import ast
import re
import textwrap
from difflib import unified_diff
from functools import cache
from pathlib import Path

from commands import output
from outputs import OUTPUTS
from pieces import code, collapsed, fence, table

from harness.judge.chaff_file import Chaff, read_all_chaff
from harness.judge.kata import Kata, PromiseEntry
from harness.judge.kata_file import find_kata
from harness.judge.scenarios import title_of

_DOCS = Path(__file__).resolve().parents[1]


def katas() -> str:
    """Every kata there is."""
    from harness import paths
    from harness.judge.catalogue import catalogue

    rows = [
        [f"{one.number:02d}", f"[{one.title}]({_page(one.name)})", one.summary, str(one.points), str(one.scenarios)]
        for one in catalogue(paths.katas())
    ]
    return table(["", "pattern", "in a sentence", "points", "scenarios"], rows)


def figure(name: str) -> str:
    """A drawing, as part of the page, so that it takes the page's colours."""
    svg = (_DOCS / "patterns" / f"{name}.svg").read_text(encoding="utf-8").strip()
    assert "\n\n" not in svg, "a blank line would end the HTML block"
    return f'<figure class="drawing" markdown="0">\n{svg}\n</figure>\n'


def resource(kata: str, logical_id: str) -> str:
    """A resource of the reference's template, with its comments."""
    chosen = find_kata(kata)
    text = (chosen.solutions / "template.yaml").read_text(encoding="utf-8")
    found = re.search(rf"^  {logical_id}:.*\n(?:(?:    .*)?\n)*", text, re.MULTILINE)
    assert found, f"no {logical_id}"
    return fence("yaml", textwrap.dedent(found[0]), title=f"solutions/{chosen.name}/template.yaml")


def promise(kata: str, promise_id: str) -> str:
    """The heading of a promise: its sentence."""
    entry = _promise(find_kata(kata), promise_id)
    return f"### {entry.id}. {entry.sentence} {{ #{entry.id.lower()} }}\n"


def tests(kata: str, promise_id: str) -> str:
    """All tests of a promise, each closed until it is wanted."""
    chosen = find_kata(kata)
    entry = _promise(chosen, promise_id)
    return "\n".join(
        collapsed("example", f"{title_of(name).capitalize()} ({_points(points)})", _source(chosen, entry, name))
        for name, points in entry.points.items()
    )


def test(kata: str, name: str) -> str:
    """One test, open."""
    chosen = find_kata(kata)
    entry = next(one for one in chosen.promises if name in one.points)
    return _source(chosen, entry, name)


def chaff(kata: str) -> str:
    """The wrong solutions: the mistake, and what rejects it."""
    rows = [
        [f"[{one.name}](#{one.name})", f"{one.mistake}.", ". ".join(_rejected_by(find_kata(kata), one))]
        for one in read_all_chaff(find_kata(kata))
    ]
    return table(["chaff", "the mistake", "rejected by"], rows)


def failures(kata: str) -> str:
    """For each wrong solution: its reason, its difference, and the screen on which it fails, if one is stored."""
    return "\n".join(_failure(find_kata(kata), one) for one in read_all_chaff(find_kata(kata)))


def _failure(kata: Kata, one: Chaff) -> str:
    head = f"### {one.name} {{ #{one.name} }}\n\nThe reason for it: {one.why}.\n\n"
    difference = collapsed("example", "What is different from the reference", _difference(kata, one))
    return head + difference + _screen(one)


def _screen(one: Chaff) -> str:
    """What the chaff's author sees, where that is stored."""
    name = f"chaff/{one.name}"
    return "\n" + collapsed("failure", "What its author sees", output(name)) if name in OUTPUTS else ""


def _difference(kata: Kata, one: Chaff) -> str:
    """The files of a chaff against those of the reference."""
    changed = sorted(path for path in one.folder.rglob("*") if path.is_file() and path.name != "chaff.toml")
    lines: list[str] = []
    for path in changed:
        name = path.relative_to(one.folder).as_posix()
        lines += unified_diff(_lines(kata.solutions / name), _lines(path), name, name, lineterm="", n=2)
    return fence("diff", "\n".join(lines))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def _promise(kata: Kata, promise_id: str) -> PromiseEntry:
    return next(one for one in kata.promises if one.id == promise_id)


def _points(points: int) -> str:
    return f"{points} point" + ("" if points == 1 else "s")


def _rejected_by(kata: Kata, one: Chaff) -> list[str]:
    names = {rejection.scenario for rejection in one.rejected_by}
    return [f"{entry.id}: {title_of(name)}" for entry in kata.promises for name in entry.points if name in names]


def _source(kata: Kata, entry: PromiseEntry, name: str) -> str:
    path = kata.acceptance / entry.file
    return fence("python", _functions(path)[name], title=f"katas/{kata.name}/acceptance/{entry.file}")


@cache
def _functions(path: Path) -> dict[str, str]:
    """The source of each function of a file, with its decorators."""
    text = path.read_text(encoding="utf-8")
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            found[node.name] = "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    return found


def _page(name: str) -> str:
    pattern = find_kata(name).pattern
    return f"patterns/{pattern}.md" if (_DOCS / "patterns" / f"{pattern}.md").is_file() else f"{code(name)}"
