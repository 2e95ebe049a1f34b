"""Fills the site with what the code says: a marker on a page becomes what its generator returns.

    <!-- generated: faults -->
    <!-- generated: test 07 test_a_second_copy_changes_nothing -->

The words are a name in GENERATORS and its arguments. An unknown name, test or output stops the
build, so a page cannot go on saying what is no longer so.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

sys.path.insert(0, str(Path(__file__).parent / "_generate"))

import burst
import catalogues
import commands
import kata_pages
import verdicts

GENERATORS: dict[str, Callable[..., str]] = {
    "faults": catalogues.faults,
    "fault-parameters": catalogues.fault_parameters,
    "event-sources": catalogues.event_sources,
    "resource-types": catalogues.resource_types,
    "properties-without-effect": catalogues.properties_without_effect,
    "properties-refused": catalogues.properties_refused,
    "latencies": catalogues.latencies,
    "sandbox-layers": catalogues.sandbox_layers,
    "denied-calls": catalogues.denied_calls,
    "cli": commands.reference,
    "output": commands.output,
    "checks": commands.checks,
    "katas": kata_pages.katas,
    "figure": kata_pages.figure,
    "resource": kata_pages.resource,
    "promise": kata_pages.promise,
    "tests": kata_pages.tests,
    "test": kata_pages.test,
    "burst": burst.drawing,
    "trade-offs": burst.trade_offs,
    "chaff": kata_pages.chaff,
    "failures": kata_pages.failures,
    "verdict": verdicts.tables,
    "outcomes": verdicts.outcomes,
    "faults-of-verdicts": verdicts.whose_fault,
    "verdict-schema": verdicts.schema_block,
}

_MARKER = re.compile(r"^<!-- generated: (?P<name>\S+)(?P<arguments>(?: \S+)*) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Replaces the markers of a page."""

    def filled(marker: re.Match[str]) -> str:
        name, arguments = marker["name"], marker["arguments"].split()
        try:
            return GENERATORS[name](*arguments)
        except Exception as error:
            raise PluginError(f"{page.file.src_path}: `{marker[0]}`: {type(error).__name__}: {error}") from error

    return _MARKER.sub(filled, markdown)
