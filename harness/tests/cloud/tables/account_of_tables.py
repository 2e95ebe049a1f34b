"""Tables behind boto3 at chosen instants, without gateway and latency."""

from typing import Any

from botocore.exceptions import ClientError

from harness.cloud.account import Account
from harness.cloud.dynamodb import DynamoDb
from harness.cloud.time_to_live import TimeToLive
from harness.simulation.wire import Answer, Caller, Request
from harness.tests.fakes import Simulation, client


class Tables:
    """An account with a client.

    Attributes:
        calls: what meters the calls.
    """

    def __init__(self, seed: int = 1) -> None:
        self.simulation = Simulation(seed)
        self.account = Account(self.simulation.clock, self.simulation.randomness)
        chance = self.simulation.randomness.stream("dynamodb")
        self.service = DynamoDb(self.account, self.simulation.clock, self.simulation.faults, chance)
        self.calls = self.service.item_calls
        self.client = client("dynamodb", self._ask)
        self.time_to_live = TimeToLive(
            loop=self.simulation.loop,
            trace=self.simulation.trace,
            items=self.calls.items,
            chance=self.simulation.randomness.stream("time to live"),
            collect=self.service.collect,
        )
        self.calls.on_written.append(self.time_to_live.notice)

    def _ask(self, request: Request) -> Answer:
        return self.simulation.run(self.service.answer(self.simulation.call(request, Caller("Feed", "", "r-1"))))

    def create(self, name: str = "notes", sort_key: str = "", **more: Any) -> None:
        """A table with the partition key `id` on demand, unless told otherwise."""
        keys = [("id", "HASH")] + ([(sort_key, "RANGE")] if sort_key else [])
        attributes = dict.fromkeys([each for each, _ in keys], "S") | more.pop("attributes", {})
        self.client.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": each, "AttributeType": kind} for each, kind in attributes.items()],
            KeySchema=[{"AttributeName": each, "KeyType": kind} for each, kind in keys],
            **({"BillingMode": "PAY_PER_REQUEST"} | more),
        )

    def advance(self, ms: float) -> None:
        """Lets virtual time pass."""
        self.simulation.advance(ms / 1000)

    def put(self, table: str = "notes", **attributes: str) -> Any:
        """Writes an item of texts."""
        item = {name: {"S": value} for name, value in attributes.items()}
        return self.client.put_item(TableName=table, Item=item, ReturnConsumedCapacity="INDEXES")

    def units(self) -> list[tuple[str, str, float]]:
        """(index, kind, units) of the latest call."""
        return [(each.index, each.kind, each.units) for each in self.calls.consumption[-1].units]

    def refusal(self, operation: str, **parameters: Any) -> tuple[str, Any]:
        """Code and whole answer of a call that is refused."""
        try:
            getattr(self.client, operation)(**parameters)
        except ClientError as error:
            return error.response["Error"]["Code"], error.response
        raise AssertionError(f"{operation} was done")


def index(
    name: str, *keys: str, projection: str = "ALL", attributes: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    """A secondary index."""
    shape = {"ProjectionType": projection} | ({"NonKeyAttributes": list(attributes)} if attributes else {})
    schema = [{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)]
    return {"IndexName": name, "KeySchema": schema, "Projection": shape, **more}
