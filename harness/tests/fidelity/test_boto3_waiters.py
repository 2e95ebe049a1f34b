"""boto3's own waiters poll and sleep on virtual time.

Source: https://docs.aws.amazon.com/boto3/latest/guide/clients.html#waiters
"""

from typing import Any

import pytest

from harness.tests.fidelity.boto3_app import TEMPLATE, WAITERS
from harness.tests.fidelity.conftest import App, Deploy


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    return deploy(TEMPLATE, {"src/app.py": WAITERS}, enforce_permissions=True)


def wait_for(app: App, what: str) -> tuple[Any, float]:
    answer = app.run(app.world.invoke("Do", {"what": what}))
    return answer["found"], answer["s"]


def test_an_object_that_another_thread_writes_is_seen_at_the_next_look(app: App) -> None:
    found, seconds = wait_for(app, "an_object")

    assert found == "here"
    assert 15 <= seconds < 16  # it looks every five seconds, and the object came after twelve


def test_a_waiter_gives_up_after_its_attempts(app: App) -> None:
    message, seconds = wait_for(app, "an_object_that_never_comes")

    assert message.startswith("Waiter ObjectExists failed: Max attempts exceeded.")
    assert 21 <= seconds < 22


def test_a_bucket_that_comes_and_goes(app: App) -> None:
    found, seconds = wait_for(app, "a_bucket")

    assert found is True
    assert 10 <= seconds < 11


def test_a_table_that_comes_and_goes(app: App) -> None:
    assert wait_for(app, "a_table")[0] == "ACTIVE"


def test_a_stream_that_is_being_created(app: App) -> None:
    status, seconds = wait_for(app, "a_stream")

    assert status == "CREATING"
    assert 10 <= seconds < 11


def test_a_function_that_is_active(app: App) -> None:
    found, seconds = wait_for(app, "a_function")

    assert found is True
    assert seconds < 1
