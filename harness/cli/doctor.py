"""`kata doctor`: what this machine can do, and what each missing thing costs."""

import sys

from harness.cli.reporting import HARNESS_FAULT, reported


@reported
def doctor() -> int:
    """Look at this machine: what works, what is missing, what that costs."""
    from harness.learner.doctor import examine
    from harness.report.checks import draw_checks
    from harness.report.text import console_for

    checks = list(examine())
    console = console_for(sys.stdout)
    console.print(draw_checks(checks))
    missing = [check.name for check in checks if not check.works]
    needed = [check.name for check in checks if not check.works and check.needed]
    if needed:
        console.print(f"\nKatas cannot be judged here: {', '.join(needed)}.")
        return HARNESS_FAULT
    end = "Everything is there." if not missing else f"Katas can be judged here, without {', '.join(missing)}."
    console.print(f"\n{end}")
    return 0
