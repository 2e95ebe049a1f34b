"""Draws what `kata verify --thorough` shows beyond the rows of the solutions: a line a part, and what is wrong."""

from rich.text import Text

from harness.cloud.errors import shown
from harness.judge.mutation.report import MutationReport
from harness.judge.perturbation.report import OracleReport
from harness.judge.thorough.report import ExploreReport, KillReport, Part, Proofs, RepeatReport
from harness.report.text import count

_MOST_NAMES = 6


def draw_proofs(proofs: Proofs) -> list[Text]:
    """A line for each part that was come to, and below it what does not hold."""
    rows = [Text("")]
    for name, part in proofs.parts.items():
        problems = part.problems
        word = Text("WRONG", style="bold red") if problems else Text("ok", style="green")
        rows.append(Text.assemble(word, " " * (7 - len(word)), Text(f"{name:<10}", style="bold"), _told(part)))
        rows += [Text(f"         {shown(problem)}", style="red") for problem in problems]
        if isinstance(part, MutationReport):
            rows += _survivors(part)
    return rows


def _told(part: Part) -> str:
    match part:
        case KillReport(alone=alone):
            alone_of = ", ".join(f"{promise} {len(chaff)}" for promise, chaff in alone.items())
            return f"chaff that one promise alone rejects: {alone_of}"
        case OracleReport(oracles=oracles):
            noticed = sum(bool(one.noticed) for one in oracles)
            return f"{noticed} of {count(len(oracles), 'scenario')} fail when what they read is falsified"
        case ExploreReport(budget_s=budget_s, runs=runs, cut_short=cut_short):
            cut = f"; the clock cut short {', '.join(cut_short)}" if cut_short else ""
            return f"{count(runs, 'run')} of the reference, a budget of {budget_s:g} s{cut}"
        case RepeatReport(runs=runs, asked=asked, seed=seed):
            return f"{runs} of {count(asked, 'run')} of the reference under seed {seed} compared by verdict and digest"
        case MutationReport():
            return (
                f"{len(part.killed)} of {count(len(part.results), 'judged mutant')} killed, "
                f"{len(part.explained)} explained, {len(part.unexplained)} not: {part.killed_percent:.1f} % "
                f"({part.chosen} of {part.mutants} were to be judged)"
            )


def _survivors(report: MutationReport) -> list[Text]:
    """Survivors nobody has explained, and which scenarios kill most."""
    rows = [Text(f"         survives: {one.name}", style="yellow") for one in report.unexplained]
    kills: dict[str, int] = {}
    for one in report.killed:
        kills[one.by] = kills.get(one.by, 0) + 1
    most = sorted(kills.items(), key=lambda entry: (-entry[1], entry[0]))[:_MOST_NAMES]
    return rows + [Text(f"         {number:>4} killed by {by}", style="dim") for by, number in most]
