"""boto3's resource API and its transfers run unchanged: what they compose out of many calls works as one.

Sources:
    https://docs.aws.amazon.com/boto3/latest/guide/resources.html
    https://docs.aws.amazon.com/boto3/latest/guide/s3.html
"""

from typing import Any

import pytest

from harness.tests.fidelity.boto3_app import RESOURCES, TEMPLATE
from harness.tests.fidelity.conftest import App, Deploy


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": RESOURCES}, enforce_permissions=True)


def do(app: App, what: str) -> Any:
    return app.run(app.world.invoke("Do", {"what": what}))


def test_a_table_takes_a_batch_of_items_and_answers_conditions(app: App) -> None:
    """Source: https://docs.aws.amazon.com/boto3/latest/guide/dynamodb.html"""
    assert do(app, "table") == {
        "count": 54,
        "dear": [30, 29, 28],
        "price": "140.00",
        "tags": ["hot", "new"],
        "sold": 1,
        "keys": [{"AttributeName": "shop", "KeyType": "HASH"}, {"AttributeName": "number", "KeyType": "RANGE"}],
    }


def test_a_condition_that_fails_is_the_exception_of_the_client(app: App) -> None:
    assert do(app, "refused") == "ConditionalCheckFailedException"


def test_a_queue_sends_receives_and_deletes(app: App) -> None:
    """Source: https://docs.aws.amazon.com/boto3/latest/guide/sqs.html"""
    assert do(app, "queue") == {
        "bodies": ["letter 0", "letter 1", "letter 2", "typed"],
        "kinds": ["note"],
        "counts": ["1"],
        "waiting": "0",
        "left": "0",
        "same": True,
    }


def test_objects_are_put_copied_listed_and_deleted(app: App) -> None:
    assert do(app, "objects") == {
        "text": "grüß",
        "by": "ann",
        "type": "text/plain",
        "lines": True,
        "etags": True,
        "keys": ["notes/a b.txt", "notes/copy"],
        "left": 0,
    }


def test_a_topic_subscribes_a_queue_and_lets_it_go(app: App) -> None:
    assert do(app, "topic") == {"listed": True, "pending": "false", "left": 0}


def test_large_objects_go_up_and_down_in_parts_by_several_threads(app: App) -> None:
    """Source: https://docs.aws.amazon.com/boto3/latest/reference/customizations/s3.html"""
    answer = do(app, "transfer")

    assert answer.pop("etag").endswith('-4"')
    assert answer == {"same": True, "sent": True, "type": "x/y", "copied": True, "unfinished": []}
    parts = app.world.calls(function="Do", service="s3", operation="UploadPart")
    assert len({one.at_ms for one in parts[:4]}) == 1


def test_powertools_streams_an_object_by_ranges(app: App) -> None:
    """Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/streaming/"""
    answer = do(app, "streamed")

    assert (answer["rows"], answer["last"]) == (1000, {"name": "drink 999", "price": "999"})
    assert answer["end"] == "k 999,999\n"[-9:]
