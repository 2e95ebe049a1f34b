"""Consumer of AccessQueue: keeps what each member may enter."""

import contextlib
import os

import boto3
from boto3.dynamodb.conditions import Attr

from changes import Change, consumer
from entitlements import features

_table = boto3.resource("dynamodb").Table(os.environ["ACCESS_TABLE"])


def follow(change: Change) -> None:
    """Access shows this change, or a newer one."""
    item = {name: change[name] for name in ("member_id", "version", "plan")}
    item["features"] = features(change["member_id"], change["plan"])
    with contextlib.suppress(_table.meta.client.exceptions.ConditionalCheckFailedException):  # older: nothing to do
        _table.put_item(
            Item=item, ConditionExpression=Attr("version").not_exists() | Attr("version").lt(change["version"])
        )


handler = consumer(follow)
