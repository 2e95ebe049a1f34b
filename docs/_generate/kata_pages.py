"""What a pattern's page takes from its kata: promises with their tests, chaff, failures."""

import ast
import re
import textwrap
from functools import cache
from pathlib import Path

from commands import output
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
    """A promise with all of its tests, each closed until it is wanted."""
    chosen = find_kata(kata)
    entry = next(one for one in chosen.promises if one.id == promise_id)
    tests = [
        collapsed("example", f"{title_of(name).capitalize()} ({points} points)", _source(chosen, entry, name))
        for name, points in entry.points.items()
    ]
    return f"### {entry.id}. {entry.sentence}\n\n" + "\n".join(tests)


def test(kata: str, name: str) -> str:
    """One test, open."""
    chosen = find_kata(kata)
    entry = next(one for one in chosen.promises if name in one.points)
    return _source(chosen, entry, name)


def chaff(kata: str) -> str:
    """The wrong solutions: mistake, reason, and what rejects them."""
    rows = [
        [f"[{one.name}](#{one.name})", one.mistake, one.why, ", ".join(_rejected_by(find_kata(kata), one))]
        for one in read_all_chaff(find_kata(kata))
    ]
    return table(["chaff", "the mistake", "why a good engineer makes it", "rejected by"], rows)


def failures(kata: str) -> str:
    """For each wrong solution, the screen on which it fails."""
    return "\n".join(_failure(find_kata(kata), one) for one in read_all_chaff(find_kata(kata)))


def _failure(kata: Kata, one: Chaff) -> str:
    head = f"### {one.name} {{ #{one.name} }}\n\n{one.mistake}. The reason for it: {one.why}.\n\n"
    folder = f"`solutions/{kata.name}/chaff/{one.name}/`"
    screen = output(f"chaff/{one.name}")
    return head + collapsed("failure", "What its author sees", screen) + f"\nIn {folder}.\n"


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
