"""P1: a note that was accepted is written."""

import pytest
from notes import judge_written, post_note  # type: ignore[import-not-found]

from harness.world import World


@pytest.mark.sample
async def test_a_note_is_written_once(world: World) -> None:
    note = f"note-{world.random('notes').randrange(10**6)}"
    await post_note(world, note)
    await judge_written(world, [note])
