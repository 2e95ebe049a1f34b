"""boto3's own paginators walk through every listing page by page, and miss nothing.

Source: https://docs.aws.amazon.com/boto3/latest/guide/paginators.html
"""

from typing import Any

import pytest

from harness.tests.fidelity.boto3_app import PAGINATORS, TEMPLATE
from harness.tests.fidelity.conftest import App, Deploy


@pytest.fixture(scope="module")
def app(deploy: Deploy) -> App:
    app = deploy(TEMPLATE, {"src/app.py": PAGINATORS}, enforce_permissions=True)
    do(app, "fill")
    return app


def do(app: App, what: str) -> Any:
    return app.run(app.world.invoke("Do", {"what": what}))


def test_a_query_and_a_scan_of_a_table(app: App) -> None:
    assert do(app, "items") == {"query": [10, 10, 5], "scan": 25, "sizes": [10, 10, 5]}


def test_a_scan_goes_on_from_the_token_of_the_one_before(app: App) -> None:
    assert do(app, "resumed") == list(range(25))


def test_the_folders_of_a_bucket(app: App) -> None:
    assert do(app, "folders") == [
        ["year/0/", "year/1/", "year/2/"], ["year/3/", "year/4/", "year/5/"], ["year/6/"],
    ]  # fmt: skip


def test_the_queues_of_a_prefix(app: App) -> None:
    assert do(app, "queues") == [3, 1]


def test_the_subscriptions_of_a_topic(app: App) -> None:
    assert do(app, "subscriptions") == [100, 20]


def test_the_shards_of_a_stream(app: App) -> None:
    assert do(app, "shards") == [["0", "1"], ["2", "3"], ["4"]]


def test_the_token_of_list_shards_stands_for_everything_else_which_breaks_its_paginator(app: App) -> None:
    """Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html

    Known on AWS: https://github.com/boto/botocore/issues/2009
    """
    assert do(app, "shards_listed") == {
        "by hand": [2, 2],
        "by paginator": [2],
        "error": "NextToken and StreamName cannot be provided together.",
    }


def test_the_rules_of_a_bus(app: App) -> None:
    assert do(app, "rules") == [["many-0", "many-1"], ["many-2", "many-3"], ["many-4"]]


def test_the_schedules_of_a_prefix(app: App) -> None:
    assert do(app, "schedules") == [2, 1]


def test_the_versions_of_a_function(app: App) -> None:
    pages = do(app, "versions")

    assert sum(pages) >= 2
    assert max(pages) <= 2


def test_the_metrics_of_a_namespace(app: App) -> None:
    assert do(app, "metrics") == [500, 120]


def test_the_alarms_of_an_account(app: App) -> None:
    assert do(app, "alarms") == [2, 1]


def test_the_lines_of_a_log(app: App) -> None:
    assert do(app, "log_lines") == ["leaf one", "leaf two"]
