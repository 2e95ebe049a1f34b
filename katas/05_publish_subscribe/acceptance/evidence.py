"""Reads the likely mistake from what a run left behind: the channel, invocations, what a view lacks."""

import channel
from harness.world import World

SUBSCRIBERS = ("VideoWall", "Leaderboard", "Recommendations")

COMPETE = "The event reached one of the three only: consumers of one queue compete, subscribers do not."
WHICH_ID = "The same order came in two messages. Which id says that it is the same fact?"
KILLED_BETWEEN = "Killed between two calls: on redelivery the order was taken for already counted, or counted again."
SAME_VALUE = "Two invocations read the same value, and the second wrote over the sum of the first."
CONFLICT_IS_NO_DUPLICATE = "A cancelled transaction was taken for a duplicate; its reasons said conflict."
TWICE_IN_ONE = "An order with the same name twice was refused as a whole: a transaction takes an item once."
MONTH_OF_ARRIVAL = "It was counted in the month in which it arrived, not in the one in which it was ordered."
CAME_LAST = "An older order came last, and took the place of the newer one."
REFUSED_WHOLE = "An order that came late was not counted at all: what may refuse an old order refused its counters too."
SHARED_FATE = "Good events shared the fate of a broken one: the batch was failed as a whole."
VANISHED = "The broken events vanished: they are in no view and in no DLQ."
GIVEN_UP_TOO_SOON = "Trouble of some minutes, and good events were given up."
DISMISSED = "The failure was swallowed: the event counted as handled, and nobody came back to it."
ONE_CHAIN = "The subscribers hang on one another: one that is down holds up the others, or the shop."
GREW = "A field was added, and the subscriber stopped listening."
FILTERS_IN_CODE = "Events for others are sorted out by running code; the channel can do it."
FIRST_PAGE = "A read ends at a page: after 1 MB there is more."
STATUS_200 = "The publish call answered 200, and named entries that it had not taken."
NOT_AS_ACCEPTED = "The newcomer got an order that is not the one accepted."
KNOWN_ONLY = "Orders tells those it knows, instead of announcing on OrderEvents to whoever listens."
FORGOT = "A backfill came a year later, and the order had been forgotten: it was counted again."
SILENT = "The order was accepted while publishing failed, and was never announced."
REPEAT_BELIEVED = "The first attempt stored the order and died; the repeat was answered without announcing it."
LIST_OF_NAMES = "A drink was not sent to the barista: is that decided by the kind of item, or by a list of names?"
DONE_AGAIN = "A finished ticket can be finished again: the barista presses twice, or the first answer was lost."
AS_JSON = "The same order came with its fields in another sequence: content is equal as JSON, not as text."
REUSED = "Another order under the same id has to be told from a repeat: 409, and nothing is stored or announced."
BACK_ON_THE_WALL = "A coffee that was brewed is on the wall again: done has to be remembered, not deleted."


def why_unheard(world: World, subscriber: str, order_ids: list[str]) -> str:
    """Where orders were lost on their way to a subscriber, or why it failed; "": it has dealt with them."""
    return where_lost(world, subscriber, order_ids) or why_failed(world, subscriber, order_ids)


def where_lost(world: World, subscriber: str, order_ids: list[str]) -> str:
    """Where orders were lost on their way to a subscriber; "": they have arrived there."""
    if not channel.exists(world):
        return "The template has no OrderEvents: add a topic or an event bus, and publish to it in Orders."
    heard = {one.order_id for one in channel.published(world)}
    for order_id in order_ids:
        if order_id not in heard:
            return f"Order {order_id} was accepted, and never announced on OrderEvents."
        came = {one.function for one in world.invocations() if order_id in one.event_text}
        if subscriber not in came and came.isdisjoint(SUBSCRIBERS):
            return f"Order {order_id} was announced, and nobody was invoked with it: what leads there from OrderEvents?"
        if subscriber not in came and came & {*SUBSCRIBERS}:
            return COMPETE
    return ""


def why_failed(world: World, subscriber: str, order_ids: list[str]) -> str:
    """How a subscriber failed each time it was invoked with one of these orders; "": it did not."""
    came = [one for one in world.invocations(subscriber) if any(id_ in one.event_text for id_ in order_ids)]
    if not came or any(one.outcome in ("succeeded", "running") for one in came):
        return ""
    error = came[-1].error
    return f"{subscriber} was invoked with it, and failed: {error.get('errorType')} {error.get('errorMessage')}"[:300]
