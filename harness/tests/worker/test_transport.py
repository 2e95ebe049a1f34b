"""botocore's calls leave as frames, and answers and losses come back as its own responses and errors."""

import pytest

from harness.tests.worker.tiny_judge import loss, reply
from harness.worker.protocol import Called, Waited

CLIENT = (
    "import boto3\n"
    "from botocore.config import Config\n"
    "once = Config(connect_timeout=2, read_timeout=7.5, retries={'total_max_attempts': 1})\n"
    "ddb = boto3.client('dynamodb', config=once)\n"
)
PUT = "ddb.put_item(TableName='orders', Item={'pk': {'S': 'o-1'}})"


def test_a_call_carries_the_request_that_botocore_prepared(deploy):
    judge = deploy(CLIENT + f"def handler(event, context): {PUT}\n")

    judge.result()

    call = judge.of(Called)[0]
    assert (call.method, call.url) == ("POST", "https://dynamodb.eu-west-1.amazonaws.com/")
    assert call.body == b'{"TableName": "orders", "Item": {"pk": {"S": "o-1"}}}'
    assert call.headers["x-amz-target"] == "DynamoDB_20120810.PutItem"
    assert call.headers["x-amz-date"] == "20260105T090000Z"
    assert all(name == name.lower() for name in call.headers)
    assert (call.connect_timeout_s, call.read_timeout_s) == (2.0, 7.5)
    assert (call.thread, call.call) == ("0", 1)


def test_an_answer_is_parsed_by_botocore(deploy):
    judge = deploy(CLIENT + "def handler(event, context): return ddb.get_item(TableName='t', Key={})['Item']\n")
    judge.answer = lambda call: reply({"Item": {"pk": {"S": "1"}}})

    assert judge.result() == {"pk": {"S": "1"}}


def test_an_error_answer_becomes_botocores_exception(deploy):
    judge = deploy(
        CLIENT + f"def handler(event, context):\n"
        f"    try: {PUT}\n"
        f"    except ddb.exceptions.ConditionalCheckFailedException as error: return str(error)\n"
    )
    error = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no"}
    judge.answer = lambda call: reply(error, 400)

    assert judge.result() == (
        "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation "
        "(reached max retries: 0): no"
    )


@pytest.mark.parametrize(
    ("kind", "error_type", "message"),
    [
        ("refused", "EndpointConnectionError", 'Could not connect to the endpoint URL: "https://dynamodb'),
        ("connect_timeout", "ConnectTimeoutError", 'Connect timeout on endpoint URL: "https://dynamodb'),
        ("read_timeout", "ReadTimeoutError", 'Read timeout on endpoint URL: "https://dynamodb'),
        ("reset", "ConnectionClosedError", "Connection was closed before we received a valid response from"),
    ],
)
def test_a_loss_becomes_the_error_that_botocore_raises_for_it(deploy, kind, error_type, message):
    judge = deploy(CLIENT + f"def handler(event, context): {PUT}\n")
    judge.answer = lambda call: loss(kind)

    end = judge.failure()

    assert end.error_type == error_type
    assert end.error_message.startswith(message)


def test_botocore_retries_by_itself_and_its_back_off_is_a_virtual_wait(deploy):
    judge = deploy(f"import boto3\nddb = boto3.client('dynamodb')\ndef handler(event, context): {PUT}\n")
    answers = [loss("read_timeout"), reply({"__type": "InternalServerError"}, 500), reply({})]
    judge.answer = lambda call: answers.pop(0)

    judge.result()

    calls = judge.of(Called)
    assert [call.headers["amz-sdk-request"] for call in calls] == [
        "attempt=1; max=4",
        "attempt=2; max=4",
        "attempt=3; max=4",
    ]
    assert len({call.headers["amz-sdk-invocation-id"] for call in calls}) == 1
    assert len(judge.of(Waited)) == 2


@pytest.mark.parametrize("body", ["b'abc'", "'abc'", "io.BytesIO(b'abc')", "open('abc.txt', 'rb')"])
def test_a_request_body_is_sent_whole_whatever_it_is(deploy, tmp_path, body):
    (tmp_path / "abc.txt").write_bytes(b"abc")
    judge = deploy(
        "import boto3, io\n"
        "from botocore.config import Config\n"
        "s3 = boto3.client('s3', config=Config(request_checksum_calculation='when_required'))\n"
        f"def handler(event, context): s3.put_object(Bucket='b', Key='k', Body={body})\n"
    )
    judge.answer = lambda call: reply(b"")

    judge.result()

    assert judge.of(Called)[0].body == b"abc"


def test_a_body_in_aws_chunks_is_sent_as_encoded(deploy):
    judge = deploy(
        "import boto3, io\n"
        "s3 = boto3.client('s3')\n"
        "def handler(event, context): s3.put_object(Bucket='b', Key='k', Body=io.BytesIO(b'abc'))\n"
    )
    judge.answer = lambda call: reply(b"")

    judge.result()

    call = judge.of(Called)[0]
    assert call.headers["content-encoding"] == "aws-chunked"
    assert call.body == b"3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n"


def test_an_objects_body_is_a_stream(deploy):
    judge = deploy(
        "import boto3\n"
        "s3 = boto3.client('s3')\n"
        "def handler(event, context):\n"
        "    body = s3.get_object(Bucket='b', Key='k')['Body']\n"
        "    return [body.read(4).decode(), list(map(bytes.decode, body.iter_lines()))]\n"
    )
    judge.answer = lambda call: reply(b"onetwo\nthree\n", headers={"content-length": "13"})

    assert judge.result() == ["onet", ["wo", "three"]]


def test_a_body_that_no_frame_can_carry_is_refused_with_what_to_do(deploy):
    judge = deploy(
        "import boto3\n"
        "s3 = boto3.client('s3')\n"
        "def handler(event, context): s3.put_object(Bucket='b', Key='k', Body=b'x' * 13_000_000)\n"
    )

    end = judge.failure()

    assert end.error_type == "BodyTooLarge"
    assert "has 13000165 bytes.\nExpected: at most 12517376" in end.error_message


def test_configuration_files_of_this_machine_are_not_read(deploy, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nregion = us-west-2\n")
    judge = deploy(
        "import boto3\ndef handler(event, context): return boto3.session.Session().region_name\n",
        variables={"HOME": str(tmp_path)},
    )

    assert judge.result() is None


def test_a_session_of_its_own_finds_the_models_that_the_zygote_has_read(deploy):
    judge = deploy(
        "import boto3, botocore.loaders\n"
        "def handler(event, context):\n"
        "    read = []\n"
        "    load = botocore.loaders.JSONFileLoader.load_file\n"
        "    botocore.loaders.JSONFileLoader.load_file = lambda self, path: read.append(path) or load(self, path)\n"
        "    for service in ('dynamodb', 'sqs', 'lambda'):\n"
        "        boto3.session.Session().client(service)\n"
        "    return read\n"
    )

    assert judge.result() == []
