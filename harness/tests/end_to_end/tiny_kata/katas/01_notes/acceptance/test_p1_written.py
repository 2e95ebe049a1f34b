"""P1: a note that was accepted is written."""

import pytest

from harness.world import World
from notes import judge_written, post_note  # type: ignore[import-not-found]


@pytest.mark.sample
async def test_a_note_is_written_once(world: World) -> None:
    note = f"note-{world.random('notes').randrange(10**6)}"
    await post_note(world, note)
    await judge_written(world, [note])
