"""P2: many notes at the same moment are all written."""

from harness.world import World
from notes import judge_written, post_note  # type: ignore[import-not-found]


async def test_notes_sent_at_the_same_moment_are_all_written(world: World) -> None:
    notes = [f"note-{world.random('notes').randrange(10**6)}-{number}" for number in range(6)]
    sent = [world.start(post_note(world, note)) for note in notes]
    for one in sent:
        await one
    await judge_written(world, notes)
