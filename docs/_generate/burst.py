"""The measured burst of kata 07 as a table and as a drawing."""

from measures import NAIVE, POSTS, REFERENCE, SAMPLE_MS, Figures, stored
from pieces import table

WIDTH, HEIGHT, LEFT, TOP = 400, 120, 44, 62
ENDS_S = 80


def trade_offs() -> str:
    """A row for each design that was measured."""
    rows = [
        [
            name,
            str(one.in_flight),
            str(one.overloads),
            str(one.arrived),
            f"{one.drained_s:.0f} s",
            f"{one.cms_requests:g}",
            f"{one.aws_calls:g}",
            f"{one.paid_s:.2f} s",
        ]
        for name, one in stored().items()
    ]
    head = ["design", "most in flight", "503s", "arrived", "last one after"]
    return table([*head, "CMS requests", "AWS calls", "consumer runs"], rows)


def drawing() -> str:
    """Two curves of the naive solution and of the reference, one above the other."""
    measured = stored()
    right, wrong = measured[REFERENCE], measured[NAIVE]
    parts = [
        _legend("wrong", NAIVE, LEFT),
        _legend("right", f"the reference: {REFERENCE}", LEFT + 150),
        _panel(TOP, "articles posted and not in the CMS", POSTS, 0, right, wrong),
        _panel(TOP + HEIGHT + 66, "requests in flight at the CMS", 12, 1, right, wrong),
    ]
    height = TOP + 2 * HEIGHT + 96
    label = "After a burst of 200 posts: the reference drains in a straight line with two requests in flight; "
    label += "the naive solution keeps up to ten in flight, and part of its articles never arrive."
    svg = f'<svg viewBox="0 0 {LEFT + WIDTH + 16} {height}" role="img" aria-label="{label}">\n'
    return f'<figure class="drawing" markdown="0">\n{svg}' + "\n".join(parts) + "\n</svg>\n</figure>\n"


def _panel(top: int, title: str, most: int, which: int, right: Figures, wrong: Figures) -> str:
    bottom = top + HEIGHT
    parts = [f'<text class="name" x="{LEFT}" y="{top - 10}">{title}</text>']
    for value in (0, most // 2, most):
        y = _y(value, most, bottom)
        parts.append(f'<path class="grid" d="M{LEFT} {y}h{WIDTH}"/>')
        parts.append(f'<text class="note" x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{value}</text>')
    for second in range(0, ENDS_S + 1, 20):
        x = LEFT + WIDTH * second / ENDS_S
        parts.append(f'<text class="note" x="{x:g}" y="{bottom + 18}" text-anchor="middle">{second} s</text>')
    for name, figures in (("wrong", wrong), ("right", right)):
        parts.append(f'<path class="series-{name}" d="{_curve(figures, which, most, bottom)}"/>')
    return "\n".join(parts)


def _legend(name: str, label: str, x: int) -> str:
    return f'<path class="series-{name}" d="M{x} 14h18"/>\n<text class="note" x="{x + 24}" y="18">{label}</text>'


def _curve(figures: Figures, which: int, most: int, bottom: int) -> str:
    points = []
    for number, sample in enumerate(figures.series):
        second = number * SAMPLE_MS / 1000
        if second <= ENDS_S:
            points.append(f"{LEFT + WIDTH * second / ENDS_S:.1f} {_y(sample[which], most, bottom):.1f}")
    return "M" + " L".join(points)


def _y(value: int, most: int, bottom: int) -> float:
    return bottom - HEIGHT * value / most
