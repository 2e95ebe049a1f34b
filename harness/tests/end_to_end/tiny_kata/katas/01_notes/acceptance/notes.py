"""The words in which the scenarios of this kata are written."""

from harness.promises import expect
from harness.world import World


async def post_note(world: World, note: str) -> None:
    """Sends a note, which must be accepted."""
    answer = await world.post("/notes", json={"note": note})
    expect(
        answer.status == 202,
        f"POST /notes answered {answer.status} to {note}.",
        expected="202",
        got=f"{answer.status} {answer.text}",
        about=[note],
    )


async def judge_written(world: World, notes: list[str]) -> None:
    """The ledger must come to hold each of the notes once."""
    ledger = world.service("ledger")
    await world.until(lambda: len(ledger.notes) >= len(notes), within_s=8)
    await world.run_for(s=1)
    for note in notes:
        times = ledger.notes.count(note)
        expect(
            times == 1,
            f"{note} stands {times} times in the ledger.",
            expected="once",
            got=sorted(ledger.notes),
            likely="It was accepted and then lost." if times == 0 else "It was written again.",
            about=[note],
        )
