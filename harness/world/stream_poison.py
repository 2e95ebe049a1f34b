"""Carries out the fault `poison_record`: a record that nobody can read, among the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.faults.streams import PoisonRecord

if TYPE_CHECKING:
    from harness.cloud.engines.kinesis.shard import KinesisRecord, Shard
    from harness.faults.board import ActiveFault
    from harness.world.deployment import Deployment


class Poison:
    """One such record, on its way into a stream."""

    def __init__(self, deployment: Deployment, logical_id: str, active: ActiveFault) -> None:
        assert isinstance(active.fault, PoisonRecord)
        self._deployment = deployment
        self._logical_id = logical_id
        self._active = active
        self._fault = active.fault
        self._left = self._fault.after_records

    def begin(self) -> None:
        """Puts the record on the stream, at once or behind the records that come first."""
        stream = self._deployment.streams.get(self._logical_id)
        if stream is None:
            self._deployment.loop.keep(self._into_table())
        elif self._left:
            stream.observers.append(self._count)
        else:
            self._into_stream()

    def _count(self, shard: Shard, record: KinesisRecord) -> None:
        self._left -= 1
        if self._left == 0:
            self._deployment.streams[self._logical_id].observers.remove(self._count)
            self._into_stream()

    def _into_stream(self) -> None:
        if self._strikes():
            stream = self._deployment.streams[self._logical_id]
            stream.put(self._fault.partition_key, self._fault.body.encode(), metered=False)

    async def _into_table(self) -> None:
        stream = self._deployment.dynamodb.streams[self._logical_id]
        if self._left:
            await stream.more_than(len(stream.records) + self._left - 1)
        if self._strikes():
            table = self._deployment.template.tables[self._logical_id]
            item = {
                key["AttributeName"]: self._value(table.creation, key["AttributeName"])
                for key in table.creation["KeySchema"]
            }
            account = self._deployment.account
            account.json_call("dynamodb", "DynamoDB_20120810.PutItem", TableName=table.name, Item=item)
            stream.collect()

    def _value(self, creation: dict[str, Any], attribute: str) -> dict[str, str]:
        """A value of the key's type that no other item has."""
        kinds = {one["AttributeName"]: one["AttributeType"] for one in creation["AttributeDefinitions"]}
        number = self._deployment.randomness.stream(f"poison/{self._logical_id}").getrandbits(48)
        texts = {"S": f"poison-{number:012x}", "N": str(number), "B": "cG9pc29u"}
        return {kinds[attribute]: texts[kinds[attribute]]}

    def _strikes(self) -> bool:
        what = f"a record that nobody can read in {self._logical_id}"
        return self._deployment.faults.strike(self._active, what)
