"""Scrolls and points in time: searches that go on over an index as it was.

They expire in virtual time. Source: https://docs.opensearch.org/latest/search-plugins/searching-data/point-in-time/
and https://docs.opensearch.org/latest/api-reference/search-apis/scroll/
"""

import base64
import random
from dataclasses import dataclass

from harness.cloud.engines.search.answers.hits import Result
from harness.cloud.engines.search.answers.request import SearchRequest
from harness.cloud.engines.search.answers.sorting import Hit
from harness.cloud.engines.search.errors import SearchError, context_missing, illegal
from harness.cloud.engines.search.store.snapshot import Snapshot
from harness.cloud.engines.search.times import time_us
from harness.simulation.clock import Clock

LONGEST_US = 24 * 3_600_000_000
"""A context may be asked to live a day. Source: search.max_keep_alive, point_in_time.max_keep_alive."""

MAX_CONTEXTS = 500
"""Open scrolls at once (search.max_open_scroll_context); 300 points in time, not told apart here."""


@dataclass
class Scroll:
    """A search whose hits are fetched page by page."""

    request: SearchRequest
    result: Result
    left: list[Hit]
    ends_us: int


@dataclass
class PointInTime:
    """Snapshots that are kept."""

    snapshots: list[Snapshot]
    ends_us: int
    keep_us: int
    created_ms: int


class Contexts:
    """The scrolls and points in time that are open.

    Args:
        chance: makes their ids.
    """

    def __init__(self, clock: Clock, chance: random.Random) -> None:
        self._clock = clock
        self._chance = chance
        self._scrolls: dict[str, Scroll] = {}
        self._points: dict[str, PointInTime] = {}

    def open_scroll(self, request: SearchRequest, result: Result, keep_alive: str) -> str:
        """Keeps a search for its next pages; returns the scroll id."""
        ends_us = self._clock.now_us + keep_alive_us(keep_alive, "scroll")
        self._make_room(self._scrolls)
        scroll_id = self._new_id("scroll")
        self._scrolls[scroll_id] = Scroll(request, result, result.hits[request.size :], ends_us)
        return scroll_id

    def next_page(self, scroll_id: str, keep_alive: str | None) -> tuple[Scroll, list[Hit]]:
        """The next page of a scroll.

        Raises:
            SearchError: it has expired, or the id is none.
        """
        scroll = self._scrolls.get(scroll_id)
        if scroll is None or scroll.ends_us < self._clock.now_us:
            self._scrolls.pop(scroll_id, None)
            raise context_missing(_number(scroll_id))
        if keep_alive is not None:
            scroll.ends_us = self._clock.now_us + keep_alive_us(keep_alive, "scroll")
        page, scroll.left = scroll.left[: scroll.request.size], scroll.left[scroll.request.size :]
        return scroll, page

    def close_scrolls(self, ids: list[str] | None) -> int:
        """Ends scrolls; None: all of them. Returns how many there were."""
        chosen = list(self._scrolls) if ids is None else [one for one in ids if one in self._scrolls]
        open_ones = [one for one in chosen if self._scrolls.pop(one).ends_us >= self._clock.now_us]
        return len(open_ones)

    def open_point(self, snapshots: list[Snapshot], keep_alive: str) -> str:
        """Keeps snapshots; returns the id of the point in time."""
        keep_us = keep_alive_us(keep_alive, "point in time")
        self._make_room(self._points)
        point_id = self._new_id("pit")
        self._points[point_id] = PointInTime(snapshots, self._clock.now_us + keep_us, keep_us, self._clock.unix_ms())
        return point_id

    def point(self, point_id: str, keep_alive: str) -> list[Snapshot]:
        """The snapshots of a point in time.

        Args:
            keep_alive: prolongs its life if given.

        Raises:
            SearchError: it has expired, or the id is none.
        """
        point = self._points.get(point_id)
        if point is None or point.ends_us < self._clock.now_us:
            self._points.pop(point_id, None)
            raise context_missing(_number(point_id))
        if keep_alive:
            ends_us = self._clock.now_us + keep_alive_us(keep_alive, "point in time")
            point.ends_us = max(point.ends_us, ends_us)
        return point.snapshots

    def created_ms(self, point_id: str) -> int:
        """When a point in time was made, in milliseconds since 1970."""
        return self._points[point_id].created_ms

    def close_points(self, ids: list[str] | None) -> list[tuple[str, bool]]:
        """Ends points in time; None: all of them. Returns each id, and whether it was open."""
        chosen = list(self._points) if ids is None else ids
        return [(one, self._points.pop(one, None) is not None) for one in chosen]

    def _make_room(self, contexts: dict[str, Scroll] | dict[str, PointInTime]) -> None:
        for one in [one for one, context in contexts.items() if context.ends_us < self._clock.now_us]:
            del contexts[one]
        if len(contexts) >= MAX_CONTEXTS:
            reason = (
                f"Trying to create too many scroll contexts. Must be less than or equal to: [{MAX_CONTEXTS}]. "
                "This limit can be set by changing the [search.max_open_scroll_context] setting."
            )
            raise SearchError(429, "rejected_execution_exception", reason)

    def _new_id(self, kind: str) -> str:
        return base64.urlsafe_b64encode(f"{kind}!".encode() + self._chance.randbytes(42)).decode()


def keep_alive_us(text: str, what: str) -> int:
    """How long a context lives, in virtual microseconds.

    Raises:
        SearchError: it is no time, or too long.
    """
    life_us = time_us(text, "keep_alive")
    if life_us <= 0:
        raise illegal(f"Keep alive of a {what} must be positive, was [{text}]")
    if life_us > LONGEST_US:
        raise illegal(
            f"Keep alive for request ({text}) is too large. It must be less than (1d). "
            "This limit can be set by changing the [search.max_keep_alive] cluster level setting."
        )
    return life_us


def _number(context_id: str) -> str:
    """The number by which a node knows a context: a digest of its id."""
    return str(sum(ord(letter) * (place + 1) for place, letter in enumerate(context_id[:64])))
