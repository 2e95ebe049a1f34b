"""Words of the world that are about tables, and about what a submission consumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.metering.meter import Meter
    from harness.world.deployment import Deployment
    from harness.world.table_view import TableView


class DataWords:
    """A part of `World`."""

    _deployment: Deployment

    def table(self, logical_id: str) -> TableView:
        """A table of the template by its logical id; it may be missing (`exists`)."""
        from harness.world.table_view import TableView

        return TableView(logical_id, self._deployment)

    def tables(self) -> list[TableView]:
        """Every table of the template."""
        return [self.table(logical_id) for logical_id in self._deployment.template.tables]

    def limit_partitions(self, *, read_units: float, write_units: float) -> None:
        """What one partition key value of any table or index takes a second, from now on (AWS: 3,000 and 1,000)."""
        per_key = self._deployment.dynamodb.item_calls.capacity.per_key
        per_key.read, per_key.write = read_units, write_units

    def remove_expired(self) -> int:
        """Time to live removes everything that has expired, now; returns how many items."""
        return self._deployment.time_to_live.remove_expired()

    @property
    def meter(self) -> Meter:
        """What the submission has used so far: calls, units, seconds, money."""
        from harness.world.metered import meter_of

        return meter_of(self._deployment)
