"""What one judge process knows while it runs scenarios: the job, and the worlds of the scenario."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from harness.functions.records import LogWritten
from harness.judge.extra import Extra
from harness.judge.reaching import not_reached, strikes
from harness.judge.verdict import LogText
from harness.simulation.loop import NothingLeftToHappen, VirtualLoop
from harness.world import Setting, World

if TYPE_CHECKING:
    from harness.judge.perturbation.lens import Lens

LOG_CHARACTERS = 1500
LOGS_SHOWN = 3
_NO_END = "The run that this scenario judges came to no end: everybody waited, or something triggered itself for ever."


@dataclass
class SharedRun:
    """A run that several scenarios judge. Until it has come to its end, it has come to none."""

    world: World | None = None
    data: Any = None
    error: BaseException | None = field(default_factory=lambda: NothingLeftToHappen(_NO_END))


@dataclass
class Judging:
    """The job of this process.

    Attributes:
        worlds: of the present scenario, in the order of their making.
        timelines: folder that takes the timeline of each scenario; None: none are made.
        extra: what every world gets beyond what the test asks for; None: nothing.
        lens: through which tests see their worlds; None: as they are.
    """

    setting: Setting
    seed: int
    timelines: Path | None = None
    extra: Extra | None = None
    lens: "Lens | None" = None
    worlds: list[World] = field(default_factory=list)
    _open: list[World] = field(default_factory=list)
    _shared: dict[str, SharedRun] = field(default_factory=dict)

    async def new_world(self, seed: int | None = None) -> World:
        """A fresh world in the place of the one before, which is closed."""
        self.close_worlds()
        await asyncio.sleep(0)  # cancelled tasks of the former world end here
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.restart()
        world = World(self.setting, self.seed if seed is None else seed, loop)
        self.worlds.append(world)
        self._open.append(world)
        if self.extra:
            self.extra.add_to(world)
        return self.lens.over(world) if self.lens else world

    async def share(self, name: str, drive: Callable[[World], Awaitable[Any]]) -> Any:
        """The result of a shared run, driven if this is the first scenario to ask for it."""
        if name not in self._shared:
            run = self._shared[name] = SharedRun()
            try:
                shown = await self.new_world()
                run.world = self.worlds[-1]
                run.data = await drive(shown)
                run.error = None
            except Exception as error:
                run.error = error
            self.close_worlds()
        run = self._shared[name]
        if run.world and run.world not in self.worlds:
            self.worlds.append(run.world)
        if run.error:
            raise run.error
        return run.data

    def vary(self, seed: int, extra: Extra) -> None:
        """What runs from now on runs under this seed and with this; shared runs are driven anew."""
        self.seed = seed
        self.extra = extra
        self._shared.clear()

    def look_through(self, lens: "Lens") -> None:
        """What runs from now on sees its worlds through this lens; shared runs are driven anew."""
        self.lens = lens
        self._shared.clear()

    def begin(self) -> None:
        """A scenario begins."""
        self.worlds.clear()

    def close_worlds(self) -> None:
        """Ends what is still open."""
        for world in self._open:
            world.close()
        self._open.clear()

    # ---- evidence for the verdict ----------------------------------------------------------

    def digest(self) -> str:
        """Of the traces of all worlds of this scenario."""
        digests = [world.trace.digest() for world in self.worlds]
        return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()[:16]

    def virtual_ms(self) -> int:
        """Virtual time that passed in them, all together."""
        return sum(world.trace.records[-1].at_ms for world in self.worlds if len(world.trace))

    def strikes(self) -> tuple[str, ...]:
        """The faults that struck, a line each."""
        return strikes(self.worlds)

    def not_reached(self) -> dict[str, Any] | None:
        """What the verdict says of a fault that never struck; None if each did, or others were added to them."""
        return None if self.extra else not_reached(self.worlds)

    def logs(self) -> tuple[LogText, ...]:
        """What the last invocations that printed something printed."""
        if not self.worlds:
            return ()
        texts: dict[str, LogText] = {}
        for record in self.worlds[-1].trace.of(LogWritten):
            before = texts.get(record.request_id)
            text = (before.text if before else "") + record.text
            at_ms = before.at_ms if before else record.at_ms
            texts[record.request_id] = LogText(
                at_ms=at_ms, function=record.function, request_id=record.request_id, text=text
            )
        return tuple(self._shown(log) for log in list(texts.values())[-LOGS_SHOWN:])

    def _shown(self, log: LogText) -> LogText:
        """The end of it, with files named as in the submission."""
        text = self.worlds[-1].as_submitted(log.function, log.text)
        left_out = len(text) - LOG_CHARACTERS
        if left_out > 0:
            text = f"... {left_out} characters before\n{text[-LOG_CHARACTERS:]}"
        return msgspec.structs.replace(log, text=text)
