"""Nothing that a handler can see depends on what is remembered for it."""

import copy
import importlib.util
import json
import os
import subprocess
import sys
from types import ModuleType
from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from harness.worker import sparing

# What a client is, and what it sends: printed by a plain process, and by one that spares itself work.
CLIENTS = """
import json, os, sys
import botocore.awsrequest
if sys.argv[1] == "spared":
    from harness.worker import sparing
    sparing.install()
os.environ.update(AWS_REGION="eu-west-1", AWS_DEFAULT_REGION="eu-west-1", AWS_CONFIG_FILE="/nowhere",
    AWS_SHARED_CREDENTIALS_FILE="/nowhere", AWS_ACCESS_KEY_ID="AKIA", AWS_SECRET_ACCESS_KEY="s", AWS_SESSION_TOKEN="t")
import boto3
from botocore.config import Config

ANSWERS = {"sns": b"<PublishResponse><PublishResult/></PublishResponse>", "s3": b"<ListBucketResult/>"}

class Raw:
    def __init__(self, url):
        self.body = next((body for name, body in ANSWERS.items() if name in url), b"{}")

    def stream(self, **_):
        yield self.body

def record(request, **_):
    headers = {name: str(value) for name, value in request.headers.items()}
    for changing in ("amz-sdk-invocation-id", "X-Amz-Date"):
        headers.pop(changing, None)
    body = request.body.read() if hasattr(request.body, "read") else request.body
    seen.append([request.method, request.url, headers, str(body)])
    return botocore.awsrequest.AWSResponse(request.url, 200, {}, Raw(request.url))

def client(service, **options):
    made = session.client(service, **options)
    made.meta.events.register("before-send", record)
    return made

seen = []
session = boto3.Session()
for attempt in range(2):
    ddb = client("dynamodb")
    ddb.put_item(TableName="t", Item={"id": {"S": "1"}, "b": {"B": b"x"}})
    client("sqs").send_message(QueueUrl="https://sqs.eu-west-1.amazonaws.com/1/q", MessageBody="hi")
    client("s3", config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 7})).put_object(
        Bucket="photos", Key="a b", Body=b"x")
    client("s3").list_objects_v2(Bucket="photos")
    client("sns", region_name="us-east-1").publish(TopicArn="arn:aws:sns:us-east-1:1:t", Message="m")
    client("events", endpoint_url="http://localhost:1").put_events(Entries=[{"Source": "s", "Detail": "{}"}])
    client("lambda").invoke(FunctionName="f", Payload=b"{}")
ddb.meta.events.register("before-parameter-build.dynamodb.PutItem", lambda params, **_: params.update(TableName="u"))
ddb.put_item(TableName="t", Item={})
client("dynamodb").put_item(TableName="t", Item={})
table = session.resource("dynamodb").Table("t")
about = [sorted(dir(ddb))[:400], ddb.meta.config.retries, ddb.meta.region_name, type(ddb).__name__, table.name,
         ddb.put_item.__doc__[:300], sorted(ddb.meta.method_to_api_mapping)[:5], ddb.can_paginate("query"),
         sorted(ddb.waiter_names), session.client("s3").generate_presigned_url(
             "get_object", {"Bucket": "photos", "Key": "a"}).partition("?")[0]]
print(json.dumps([seen, about], default=str))
"""

PROFILES = """
import os, sys
if sys.argv[1] == "spared":
    from harness.worker import sparing
    sparing.install()
os.environ.update(AWS_CONFIG_FILE="/nowhere", AWS_DEFAULT_REGION="eu-west-1")
import boto3
print(boto3.Session()._session.get_scoped_config())
os.environ["AWS_PROFILE"] = "missing"
try:
    boto3.Session().client("sqs")
except Exception as error:
    print(type(error).__name__, error)
"""


def printed(program: str, how: str) -> str:
    variables = os.environ | {"PYTHONHASHSEED": "0"}  # botocore puts a set into its User-Agent
    done = subprocess.run([sys.executable, "-c", program, how], capture_output=True, text=True, env=variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def unsigned(requests: list[Any]) -> list[Any]:
    """The requests with the credential that each names, and without its signature."""
    for request in requests:
        authorization = request[2].pop("Authorization", "").split(",")[0]
        date = authorization.split("/")[1]
        request[2]["credential"] = authorization.replace(date, "DATE")
    return requests


def test_clients_ask_for_the_same_in_the_same_words() -> None:
    plain, spared = (json.loads(printed(CLIENTS, how)) for how in ("plain", "spared"))

    assert len(plain[0]) == 16
    assert unsigned(spared[0]) == unsigned(plain[0])
    assert spared[1] == plain[1]


def test_a_profile_that_does_not_exist_is_missed_all_the_same() -> None:
    assert printed(PROFILES, "spared") == printed(PROFILES, "plain")


# ---- the tree of handlers, copied when written -----------------------------------------------------


def fresh_hooks() -> ModuleType:
    """botocore.hooks as it is on disk, whatever has been done to the imported one."""
    origin = importlib.util.find_spec("botocore.hooks")
    assert origin is not None
    assert origin.origin is not None
    spec = importlib.util.spec_from_file_location("hooks_as_on_disk", origin.origin)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PLAIN, SPARED = fresh_hooks(), fresh_hooks()
sparing.copy_when_written(SPARED)

KEYS = st.lists(st.sampled_from(["before-call", "dynamodb", "*", "PutItem"]), min_size=1, max_size=3).map(".".join)
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("copy"), st.integers(0, 3)),
        st.tuples(st.just("append"), st.integers(0, 3), KEYS, st.integers(0, 4), st.integers(0, 2)),
        st.tuples(st.just("remove"), st.integers(0, 3), KEYS, st.integers(0, 4)),
    ),
    max_size=40,
)


def after(hooks: Any, deeds: list[Any]) -> list[Any]:
    """What every tree answers to every key, and what was refused, in order."""
    trees, refused = [hooks._PrefixTrie()], []
    for deed, number, *rest in deeds:
        tree = trees[number % len(trees)]
        if deed == "copy":
            trees.append(copy.copy(tree))
        elif deed == "append":
            tree.append_item(*rest)
        else:
            try:
                tree.remove_item(*rest)
            except (ValueError, AttributeError) as error:
                refused.append(type(error).__name__)
    keys = ["before-call.dynamodb.PutItem", "before-call", "dynamodb.PutItem", "PutItem.PutItem.PutItem"]
    return [[[list(tree.prefix_search(key)) for key in keys] for tree in trees], refused]


@given(DEEDS)
def test_trees_that_share_their_nodes_answer_as_copies_do(deeds: list[Any]) -> None:
    assert after(SPARED, deeds) == after(PLAIN, deeds)


def test_what_is_added_to_a_copy_is_not_in_the_original() -> None:
    original = SPARED._PrefixTrie()
    original.append_item("before-call.sqs", 1)
    other = copy.copy(original)

    other.append_item("before-call.sqs", 2)
    original.append_item("before-call.sqs", 3)

    assert [list(tree.prefix_search("before-call.sqs")) for tree in (original, other)] == [[1, 3], [1, 2]]
