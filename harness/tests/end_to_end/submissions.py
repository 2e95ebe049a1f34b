"""Submissions to the tiny kata: its reference solution with a few files put differently."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from harness.tests.end_to_end.conftest import TINY_KATA

REFERENCE = TINY_KATA / "solutions" / "01_notes"
TEMPLATE = (REFERENCE / "template.yaml").read_text()

Changes = Mapping[str, str | None]
"""Content by path; None takes the file away."""


def submission(folder: Path, changes: Changes) -> Path:
    """The folder, which must not exist yet, holds the reference solution with these changes."""
    shutil.copytree(REFERENCE, folder, ignore=shutil.ignore_patterns("chaff", "__pycache__", "README.md"))
    for name, content in changes.items():
        path = folder / name
        if content is None:
            path.unlink()
        else:
            path.write_text(content)
    return folder


def template(old: str, new: str) -> Changes:
    """The template with one text replaced by another."""
    assert old in TEMPLATE
    return {"template.yaml": TEMPLATE.replace(old, new)}


def writer(source: str) -> Changes:
    """Another src/write.py: the function behind the queue."""
    return {"src/write.py": source}


def submitter(source: str) -> Changes:
    """Another src/submit.py: the function behind the API."""
    return {"src/submit.py": source}


NO_TEMPLATE: Changes = {"template.yaml": None}
YAML_ERROR = template("Type: AWS::SQS::Queue", "Type: AWS::SQS::Queue: x")
UNKNOWN_TYPE = template("AWS::SQS::Queue", "AWS::SQS::Qeue")
UNKNOWN_PROPERTY = template("VisibilityTimeout", "VisibilityTimout")
CODE_OUTSIDE = template("CodeUri: src/", "CodeUri: ../elsewhere")
NO_HANDLER = template("write.handler", "write.handle")
NO_MODULE = template("write.handler", "wirte.handler")

SYNTAX_ERROR = writer("def handler(event, context)\n    pass\n")
IMPORT_ERROR = writer("import os\nimport numpy_of_dreams\n\n\ndef handler(event, context):\n    pass\n")
RAISES_AT_IMPORT = writer("import os\n\nSETTING = os.environ['NOT_SET']\n")
LOOPS_AT_IMPORT = writer("while True:\n    pass\n")
POINTS_ELSEWHERE = writer("""\
import os

exec(compile("\\n\\n1 / 0", os.getcwd() + "/../../right/src/write.py", "exec"))
""")
EXITS_AT_IMPORT = writer("import os\n\nos._exit(3)\n")

RAISES = writer("""\
def handler(event, context):
    work(event)


def work(event):
    raise KeyError("no such note")
""")
DOOR_RAISES = submitter("""\
def handler(event, context):
    return {"statusCode": 202, "body": event["no such key"]}
""")
RETURNS_NO_JSON = writer("""\
def handler(event, context):
    return {1, 2}
""")
PRINTS_MEGABYTES = writer("""\
def handler(event, context):
    for number in range(50_000):
        print("line", number, "x" * 60)
    raise ValueError("after much talk")
""")
EXITS = writer("""\
import os


def handler(event, context):
    print("good bye")
    os._exit(7)
""")
SLEEPS = writer("""\
import time


def handler(event, context):
    time.sleep(10**9)
""")
WAITS = writer("""\
import threading


def handler(event, context):
    threading.Event().wait()
""")
SPINS = writer("""\
def handler(event, context):
    print("now it begins")
    while True:
        pass
""")
OWN_SOCKET = """\
import os
import stat
import struct


def is_socket(fd):
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False


def send(content, times=1):
    mine = next(fd for fd in range(3, 64) if is_socket(fd))
    os.set_blocking(mine, True)
    os.write(mine, (struct.pack(">I", len(content)) + content) * times)


def handler(event, context):
"""
SENDS_GARBAGE = writer(OWN_SOCKET + """    send(b"no json")\n    raise ValueError\n""")
FLOODS = writer(OWN_SOCKET + """    while True:\n        send(b'{"frame":"Logged","text":"x"}', 500)\n""")
STARTS_PROCESSES = writer("""\
import os
import subprocess


def handler(event, context):
    try:
        subprocess.Popen(["sleep", "1000"])
    finally:
        for _ in range(5):
            if os.fork() == 0:
                while True:
                    pass
""")
SENDS_ITSELF_MESSAGES: Changes = {
    **template("Handler: write.handler", "Handler: write.handler\n      Policies: AmazonSQSFullAccess"),
    **writer("""\
import os

import boto3

sqs = boto3.client("sqs")


def handler(event, context):
    for record in event["Records"]:
        for _ in range(2):
            sqs.send_message(QueueUrl=os.environ["NOTES_QUEUE_URL"], MessageBody=record["body"])
"""),
}
EVERYTHING_THAT_VARIES = writer("""\
import asyncio
import json
import os
import random
import threading
import time
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime


def handler(event, context):
    for record in event["Records"]:
        note = json.loads(record["body"])["note"]
        with ThreadPoolExecutor(max_workers=3) as pool:
            list(pool.map(write, [note, f"{note} a", f"{note} b", f"{note} c", f"{note} d"]))
        asyncio.run(copies(note))
        print("woken after", time.time(), datetime.now(), uuid.uuid4(), {"a", "b", "c", note})


async def copies(note):
    async def one(name):
        await asyncio.sleep(random.random() / 10)
        await asyncio.to_thread(write, f"{note} {name}")
        return uuid.uuid4()

    print(await asyncio.gather(*(one(name) for name in "xyz")))


def write(note):
    time.sleep(random.randrange(50) / 1000)
    seen = [str(uuid.uuid4()), time.time(), str(datetime.now()), threading.current_thread().name, os.urandom(4).hex()]
    body = json.dumps({"note": note, "seen": seen, "hash": hash(note)}).encode()
    headers = {"content-type": "application/json"}
    url = f"{os.environ['LEDGER_URL']}/notes"
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=2) as answer:
        answer.read()
""")
