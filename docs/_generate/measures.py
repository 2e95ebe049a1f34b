"""Figures of the pattern page of kata 07: one burst, judged by a watch instead of a test.

    python docs/_generate/measures.py    measures every design and stores what it finds

Ten articles warm the door up; five seconds later 200 are posted, 50 ms apart. A design is the
reference with one or two numbers changed, or another solution of the repository. Everything is
virtual time under one seed, so a second measurement gives the same figures.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
from driving import Make, accepted, chaff, driving, reference

ROOT = Path(__file__).resolve().parents[2]
STORED = ROOT / "docs" / "_output" / "burst.json"

POSTS = 200
APART_MS = 50
SAMPLE_MS = 500
ENDS_AFTER_S = 900


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What one design did with the burst. `aws_calls`, `cms_requests` and `paid_s` are per article.

    Attributes:
        door_p95_ms: 95 % of the posts were answered within this.
        drained_s: from the first post to the last article that reached the CMS.
        arrived: articles that did.
        in_flight: most requests in flight at the CMS.
        overloads: requests that it answered 503.
        paid_s: seconds the consumer ran.
        series: every half second since the first post: articles not in the CMS yet (of those
            posted), requests in flight at the CMS.
    """

    door_p95_ms: int
    drained_s: float
    arrived: int
    in_flight: int
    overloads: int
    aws_calls: float
    cms_requests: float
    paid_s: float
    series: tuple[tuple[int, int], ...]


def designs() -> dict[str, Make]:
    """By name: what makes a folder hold that design."""
    found = {"one lane (FIFO)": accepted(_kata(), "serial-fifo-powertools")}
    for workers in (2, 4, 8):
        for batch in (1, 10):
            found[f"{workers} workers, batch {batch}"] = _reference(workers, batch)
    found["no limit (naive)"] = chaff(_kata(), "naive")
    return found


REFERENCE, NAIVE = "2 workers, batch 1", "no limit (naive)"


def measure(name: str) -> Figures:
    """Drives the burst through one design."""
    with driving(_kata()) as drive:
        figures: Figures = drive(designs()[name], _burst)
        return figures


def stored() -> dict[str, Figures]:
    """What was measured when the page was written."""
    return msgspec.json.decode(STORED.read_bytes(), type=dict[str, Figures])


def _kata() -> Any:
    from harness.judge.kata_file import find_kata

    return find_kata("07")


async def _burst(world) -> Figures:  # type: ignore[no-untyped-def]
    await asyncio.gather(*[_post(world, f"warm-{number}") for number in range(10)])
    await world.run_for(s=30)
    began_ms, cms = world.now_ms, world.service("legacy")
    warm_rows, calls_before = len(cms.rows("articles")), len(world.calls())
    sent, series = [], []
    for tick in range(ENDS_AFTER_S * 1000 // APART_MS):
        if tick < POSTS:
            sent.append(world.start(_post(world, f"burst-{tick}")))
        if tick * APART_MS % SAMPLE_MS == 0:
            in_cms = len(cms.rows("articles")) - warm_rows
            series.append((len(sent) - in_cms, cms.in_flight))
            if tick > POSTS and (in_cms == POSTS or _is_over(world)):
                break
        await world.run_for(ms=APART_MS)
    await world.run_for(s=5)
    return await _figures(world, began_ms, calls_before, warm_rows, sent, series)


def _is_over(world) -> bool:  # type: ignore[no-untyped-def]
    return not world.queue("IngestQueue").waiting and not world.queue("IngestQueue").in_flight


async def _figures(world, began_ms, calls_before, warm_rows, sent, series) -> Figures:  # type: ignore[no-untyped-def]
    latencies = sorted(answer.latency_ms for answer in await asyncio.gather(*sent))
    cms = world.service("legacy")
    asked = [request for request in cms.log if request.at_ms >= began_ms]
    calls = world.calls()[calls_before:]
    written = [one.ended_ms for one in asked if one.done and one.status == 201]
    consumers = world.consumers_of("IngestQueue")
    ran = [one for name in consumers for one in world.invocations(name) if one.started_ms >= began_ms]
    return Figures(
        door_p95_ms=latencies[-len(latencies) // 20],
        drained_s=round((max(written) - began_ms) / 1000, 1),
        arrived=len(cms.rows("articles")) - warm_rows,
        in_flight=max(request.in_flight for request in asked),
        overloads=sum(request.status == 503 for request in asked),
        aws_calls=round(sum(one.service != "legacy" for one in calls) / POSTS, 2),
        cms_requests=round(len(asked) / POSTS, 2),
        paid_s=round(sum((one.ended_ms or world.now_ms) - one.started_ms for one in ran) / 1000 / POSTS, 3),
        series=tuple(series),
    )


async def _post(world, article_id: str):  # type: ignore[no-untyped-def]
    body = {"article_id": article_id, "version": 1, "title": "Storm over Vigo", "body": "It rains."}
    return await world.post("/articles", json=body, headers={"idempotency-key": f"key-{article_id}"})


def _reference(workers: int, batch: int) -> Make:
    def make(folder: Path) -> None:
        template = reference(_kata())(folder) / "template.yaml"
        text = template.read_text(encoding="utf-8")
        for before, after in (
            ("MaximumConcurrency: 2 ", f"MaximumConcurrency: {workers} "),
            ("BatchSize: 1 ", f"BatchSize: {batch} "),
        ):
            assert before in text, before
            text = text.replace(before, after, 1)
        template.write_text(text, encoding="utf-8")

    return make


def main() -> None:
    """Measures every design and stores the figures."""
    found = {}
    for name in designs():
        found[name] = measure(name)
        print(name, {key: value for key, value in msgspec.to_builtins(found[name]).items() if key != "series"})
    rows = [f"{json.dumps(name)}: {msgspec.json.encode(one).decode()}" for name, one in found.items()]
    STORED.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
