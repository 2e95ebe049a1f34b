"""What every table on the screen has in common."""

from rich.table import Table


def table(*columns: str, whole: str = "") -> Table:
    """A table without lines, whose cells wrap and are never cut; those of column `whole` do not even wrap."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, overflow="fold", no_wrap=column == whole)
    return made
