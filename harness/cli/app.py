"""The command line as a whole. Each subcommand is a file beside this one.

Importing this imports nothing heavy but typer: `kata list` must answer at once.
"""

from typing import Annotated

import typer

from harness.cli.doctor import doctor
from harness.cli.explore import explore
from harness.cli.grade import grade
from harness.cli.list import list_katas
from harness.cli.optional_value import CommandWithPage
from harness.cli.replay import replay
from harness.cli.show import show
from harness.cli.start import start
from harness.cli.test import judge_solution
from harness.cli.verify import verify

_EXAMPLES = """\b
Examples:
  kata list                            every kata, and how far you are
  kata start 07                        copy its starter into workspace/
  kata show 07                         what it asks for
  kata test 07                         judge what you wrote
  kata test 07 --only burst --seed 3   one scenario, another schedule of events
  kata explore 07 --budget 2m          look for faults that break it
  kata replay workspace/*/found/*.json run what was found again
  kata verify 07 --seeds 20            for authors: prove the kata
  kata grade 07 submissions --out out  for instructors: a grade for everybody

\b
Exit codes: 0 passed, 1 the submission fails or is wrong, 2 the kata or the
command line is wrong, 3 the harness is.
"""

app = typer.Typer(
    name="kata",
    help="Serverless katas: write the pattern, break it on purpose, see why it holds.",
    epilog=_EXAMPLES,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("list")(list_katas)
app.command("show")(show)
app.command("start")(start)
app.command("test", cls=CommandWithPage)(judge_solution)
app.command("explore")(explore)
app.command("replay")(replay)
app.command("verify")(verify)
app.command("grade")(grade)
app.command("doctor")(doctor)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"kata {version('serverless-katas')}")
        raise typer.Exit(0)


@app.callback(invoke_without_command=True)
def _top(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())
