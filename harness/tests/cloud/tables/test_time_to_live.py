"""Items that expire: late, at no cost, and told by the stream.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
"""

from typing import Any

import pytest

from harness.cloud.time_to_live import ItemExpired
from harness.tests.cloud.tables.account_of_tables import Tables

HOUR_MS = 3_600_000


class Expiring(Tables):
    """A table whose items expire."""

    def __init__(self, seed: int = 1) -> None:
        super().__init__(seed)
        self.create("cache", StreamSpecification={"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"})
        setting = {"Enabled": True, "AttributeName": "expires_at"}
        self.client.update_time_to_live(TableName="cache", TimeToLiveSpecification=setting)

    def keep(self, key: str, for_s: float, **more: Any) -> None:
        """Writes an item that expires after so long."""
        at = int(self.simulation.clock.unix_s() + for_s)
        self.client.put_item(TableName="cache", Item={"id": {"S": key}, "expires_at": {"N": str(at)}} | more)

    def ids(self) -> list[str]:
        """The items that reads find."""
        return sorted(item["id"]["S"] for item in self.client.scan(TableName="cache")["Items"])

    def hours(self, hours: float) -> None:
        """Lets hours pass."""
        self.advance(hours * HOUR_MS)


@pytest.fixture
def cache() -> Expiring:
    return Expiring()


def test_an_expired_item_is_still_found_for_a_while_and_gone_within_two_days(cache: Expiring) -> None:
    for number in range(20):
        cache.keep(f"{number:02d}", 60)
    cache.advance(61_000)
    assert len(cache.ids()) == 20
    cache.hours(24)
    assert 0 < len(cache.ids()) < 20
    cache.hours(24)
    assert cache.ids() == []
    assert all(0 <= record.late_s < 48 * 3600 for record in cache.simulation.records(ItemExpired))


def test_nothing_is_removed_before_its_time(cache: Expiring) -> None:
    cache.keep("a", 100 * 3600)
    cache.hours(99.9)
    assert cache.ids() == ["a"]
    cache.hours(49)
    assert cache.ids() == []


def test_a_longer_life_a_delete_and_a_life_without_end_are_heeded(cache: Expiring) -> None:
    for key in ("longer", "deleted", "endless"):
        cache.keep(key, 60)
    cache.keep("longer", 200 * 3600)
    cache.client.delete_item(TableName="cache", Key={"id": {"S": "deleted"}})
    cache.client.put_item(TableName="cache", Item={"id": {"S": "deleted"}})
    cache.client.update_item(TableName="cache", Key={"id": {"S": "endless"}}, UpdateExpression="REMOVE expires_at")
    cache.hours(60)
    assert cache.ids() == ["deleted", "endless", "longer"]


@pytest.mark.parametrize("value", [{"S": "100"}, {"N": "100"}, {"N": "1767603600000"}, {"BOOL": True}])
def test_a_value_that_is_no_recent_second_removes_nothing(cache: Expiring, value: dict[str, Any]) -> None:
    """A text, a time more than five years back, milliseconds, a boolean."""
    cache.client.put_item(TableName="cache", Item={"id": {"S": "a"}, "expires_at": value})
    cache.hours(60)
    assert cache.ids() == ["a"]


def test_the_stream_tells_who_removed_it(cache: Expiring) -> None:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html"""
    cache.keep("a", 60)
    cache.hours(60)
    written, removed = cache.account.stream_records("cache")
    assert (written["eventName"], "userIdentity" in written) == ("INSERT", False)
    assert removed["eventName"] == "REMOVE"
    assert removed["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    assert removed["dynamodb"]["OldImage"]["id"] == {"S": "a"}


def test_removing_costs_nothing(cache: Expiring) -> None:
    cache.keep("a", 60)
    calls = len(cache.calls.consumption)
    cache.hours(60)
    assert len(cache.calls.consumption) == calls


def test_waiting_for_quiet_does_not_wait_for_items_to_expire(cache: Expiring) -> None:
    cache.keep("a", 60)
    cache.simulation.settle()
    assert cache.simulation.now_ms < 1000


def test_a_test_can_have_the_expired_removed_at_once(cache: Expiring) -> None:
    cache.keep("soon", 60)
    cache.keep("late", 5000)
    cache.advance(61_000)
    assert (cache.time_to_live.remove_expired(), cache.ids()) == (1, ["late"])
    cache.hours(60)
    assert cache.ids() == []


def test_a_table_without_the_setting_keeps_everything(tables: Tables) -> None:
    tables.client.put_item(TableName="notes", Item={"id": {"S": "a"}, "expires_at": {"N": "1767603601"}})
    tables.advance(60 * HOUR_MS)
    assert tables.client.scan(TableName="notes")["Count"] == 1


def test_how_late_is_a_function_of_the_seed() -> None:
    def lateness(seed: int) -> list[int]:
        cache = Expiring(seed)
        for number in range(3):
            cache.keep(str(number), 60)
        cache.hours(60)
        return [record.late_s for record in cache.simulation.records(ItemExpired)]

    assert lateness(1) == lateness(1) != lateness(2)


def test_a_test_can_have_items_removed_the_moment_they_expire_or_never(cache: Expiring) -> None:
    cache.time_to_live.at_most_late_s = 0
    cache.keep("punctual", 60)
    cache.advance(59_000)
    before = cache.ids()
    cache.advance(1_000)
    assert (before, cache.ids()) == (["punctual"], [])

    cache.time_to_live.at_most_late_s = None
    cache.keep("stays", 60)
    cache.hours(100)
    assert cache.ids() == ["stays"]
    assert (cache.time_to_live.remove_expired(), cache.ids()) == (1, [])
