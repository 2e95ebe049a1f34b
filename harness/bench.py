"""`make bench`: the figures that make this project pleasant, each against its limit.

A benchmark, not a timed test: it prints ratios measured in one run, pairs interleaved, so
that a slow or busy machine slows both sides. Run it on a quiet one all the same.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from harness.bench_sources import HANDLERS, SOURCES, measure
from harness.paths import home

if TYPE_CHECKING:
    from harness.world import World

ROUNDS = 5
COMMAND_ROUNDS = 3
"""Of whole commands: one takes as long as everything else together."""

IMPORT = [sys.executable, "-c", "import boto3, moto, pytest"]
KATA = [sys.executable, "-m", "harness.cli.main"]

_TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
  Writer:
    Type: AWS::Serverless::Function
    Properties:
      {Runtime: python3.12, CodeUri: src/, Handler: app.write, Timeout: 900,
       Environment: {Variables: {TABLE: !Ref Table}}, Policies: [{DynamoDBWritePolicy: {TableName: !Ref Table}}]}
  Consumer:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      CodeUri: src/
      Handler: app.consume
      Timeout: 30
      Environment: {Variables: {TABLE: !Ref Table}}
      Policies: [{DynamoDBWritePolicy: {TableName: !Ref Table}}]
      Events:
        Messages: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, BatchSize: 10}}
"""

_HANDLERS = """
import os
import boto3

table = boto3.client("dynamodb")

def write(event, context):
    for number in range(event["count"]):
        table.put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": str(number)}, "title": {"S": "Storm"}})

def consume(event, context):
    for record in event["Records"]:
        table.put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": record["messageId"]}})
"""


Drive = Callable[["World"], Awaitable[dict[str, float]]]
"""Does something in a world, and says how many seconds it took."""


@dataclass(frozen=True)
class Figure:
    """A ratio and its limit."""

    name: str
    ratio: float
    limit: float
    detail: str


def main() -> int:
    """Measures and prints; exit code 1 if a limit is passed."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--part", choices=["messages", "put-item", *SOURCES], help=argparse.SUPPRESS)
    arguments.add_argument("--count", type=int, default=0, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.part == "messages":
        return _messages(options.count)
    if options.part == "put-item":
        return _put_item(options.count)
    if options.part:
        return _source(options.part, options.count)
    print(_bytecode())
    figures = [*_commands(), _put_item_figure(), *_message_figures(), *map(_source_figure, SOURCES)]
    print(f"{'figure':64} {'ratio':>7} {'limit':>7}")
    for figure in figures:
        mark = "ok" if figure.ratio <= figure.limit else "OVER"
        print(f"{figure.name:64} {figure.ratio:7.2f} {figure.limit:7.2f}  {mark:4}  {figure.detail}")
    return int(any(figure.ratio > figure.limit for figure in figures))


def _bytecode() -> str:
    """Whether the packages behind the import figure are compiled already: it depends on that."""
    writes = "writes none here (PYTHONDONTWRITEBYTECODE)" if sys.dont_write_bytecode else "is written"
    modules = [path for name in ("boto3", "botocore", "moto", "pytest") for path in _modules_of(name)]
    cached = sum(Path(cache_from_source(str(path))).exists() for path in modules)
    return (
        f"bytecode: Python {writes}; {cached} of {len(modules)} modules of boto3, botocore, moto, pytest have theirs."
    )


def _modules_of(package: str) -> list[Path]:
    spec = find_spec(package)
    assert spec
    assert spec.origin
    return sorted(Path(spec.origin).parent.rglob("*.py"))


# ---- whole commands -----------------------------------------------------------------------


def _commands() -> list[Figure]:
    reference = home() / "solutions" / "07_queue_load_leveling"
    test = [*KATA, "test", "07", "--path", str(reference)]
    imports, first, whole, listing, typer = [], [], [], [], []
    for _ in range(COMMAND_ROUNDS):
        imports.append(_seconds(IMPORT))
        one, all_of_it = _first_and_whole(test)
        first.append(one)
        whole.append(all_of_it)
        typer.append(_seconds([sys.executable, "-c", "import typer, rich"]))
        listing.append(_seconds([*KATA, "list"]))
    return [
        _ratio("first verdict of kata test 07 / import boto3, moto, pytest", first, imports, 2.5),
        _ratio("whole kata test 07 on the reference / the same import", whole, imports, 10),
        _ratio("kata list / import typer, rich", listing, typer, 1.5),
    ]


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def _first_and_whole(command: list[str]) -> tuple[float, float]:
    """Seconds to the first scenario's line on the screen, and to the end."""
    began = time.perf_counter()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as run:
        assert run.stdout
        first = 0.0
        for line in run.stdout:
            if not first and line.strip().startswith(("ok", "FAIL")):
                first = time.perf_counter() - began
    if run.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with exit code {run.returncode}: nothing to measure.")
    return first, time.perf_counter() - began


def _ratio(name: str, ours: list[float], base: list[float], limit: float) -> Figure:
    ratio = statistics.median(one / other for one, other in zip(ours, base, strict=True))
    return Figure(name, ratio, limit, f"{statistics.median(ours):.2f} s / {statistics.median(base):.2f} s")


# ---- inside a world -----------------------------------------------------------------------


def _put_item_figure() -> Figure:
    ours, moto = [], []
    for _ in range(ROUNDS):
        ours.append(_part("put-item", 400)["seconds"] / 400)
        moto.append(_moto_put_item_s(400))
    ratio = statistics.median(one / other for one, other in zip(ours, moto, strict=True))
    detail = f"{statistics.median(ours) * 1000:.2f} ms / {statistics.median(moto) * 1000:.2f} ms"
    return Figure("a forwarded DynamoDB PutItem / the same call on moto in one process", ratio, 1.7, detail)


def _message_figures() -> list[Figure]:
    few, many = _part("messages", 1000), _part("messages", 10_000)
    time_ratio = (many["seconds"] / 10_000) / (few["seconds"] / 1000)
    memory_ratio = many["peak_mb"] / few["peak_mb"]
    return [
        Figure(
            "time per message with 10,000 messages / with 1,000",
            time_ratio,
            1.5,
            f"{many['seconds'] / 10:.3f} ms / {few['seconds']:.3f} ms",
        ),
        Figure(
            "memory of the judge after 10,000 messages / after 1,000",
            memory_ratio,
            3,
            f"{many['peak_mb']:.0f} MB / {few['peak_mb']:.0f} MB",
        ),
    ]


def _source_figure(name: str) -> Figure:
    source = SOURCES[name]
    few, many = _part(name, source.few), _part(name, source.few * 10)
    ratio = many["cpu_s"] / few["cpu_s"] / 10
    title = f"{name}: time per event with {source.few * 10:,} events / with {source.few:,}"
    return Figure(title, ratio, 1.5, f"{source.few * 10 / many['seconds']:,.0f} events/s")


def _part(part: str, count: int) -> dict[str, float]:
    """Runs one measurement in a fresh process."""
    command = [sys.executable, "-m", "harness.bench", "--part", part, "--count", str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def _messages(count: int) -> int:
    async def drive(world: World) -> dict[str, float]:
        began = time.perf_counter()
        for number in range(count):
            world.queue("Queue").send(f'{{"number": {number}}}')
        await world.settle()
        seconds = time.perf_counter() - began
        written = len(world.calls(function="Consumer", operation="PutItem"))
        assert written == count, f"{written} of {count} messages were consumed."
        return {"seconds": seconds}

    return _report(drive)


def _put_item(count: int) -> int:
    async def drive(world: World) -> dict[str, float]:
        await world.invoke("Writer", {"count": 50})  # warm
        began = time.perf_counter()
        await world.invoke("Writer", {"count": count})
        return {"seconds": time.perf_counter() - began}

    return _report(drive)


def _source(name: str, count: int) -> int:
    async def drive(world: World) -> dict[str, float]:
        return await measure(world, SOURCES[name], count)

    return _report(drive, SOURCES[name].template, HANDLERS)


def _report(drive: Drive, template: str = _TEMPLATE, handlers: str = _HANDLERS) -> int:
    from harness.judge.preload import preload
    from harness.worker.process import start_zygote
    from harness.world import Setting
    from harness.world.alone import run_alone

    zygote = start_zygote()
    preload()
    with tempfile.TemporaryDirectory(prefix="kata-bench-") as temporary:
        folder = Path(temporary) / "app"
        (folder / "src").mkdir(parents=True)
        (folder / "template.yaml").write_text(template)
        (folder / "src" / "app.py").write_text(handlers)
        measured = run_alone(Setting(folder=folder, temporary=Path(temporary), spawn=zygote.spawn), 1, drive)
        zygote.close()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**measured, "peak_mb": peak_mb}))
    return 0


def _moto_put_item_s(count: int) -> float:
    """Seconds per PutItem of boto3 on moto, in one process."""
    script = f"""
import time, boto3, moto
with moto.mock_aws():
    client = boto3.client("dynamodb", region_name="eu-west-1")
    client.create_table(TableName="t", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[dict(AttributeName="pk", AttributeType="S")],
        KeySchema=[dict(AttributeName="pk", KeyType="HASH")])
    def put(count):
        for number in range(count):
            client.put_item(TableName="t", Item={{"pk": {{"S": str(number)}}, "title": {{"S": "Storm"}}}})
    put(50)
    began = time.perf_counter()
    put({count})
    print((time.perf_counter() - began) / {count})
"""
    return float(subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    sys.exit(main())
