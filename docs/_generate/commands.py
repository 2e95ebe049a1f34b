"""The command line: its reference from typer itself, and stored outputs of commands."""

import re
from pathlib import Path
from typing import Any

from outputs import OUTPUT, OUTPUTS
from pieces import code, fence, table

_ROOT = Path(__file__).resolve().parents[2]


def reference() -> str:
    """A section for each command."""
    import typer.main

    from harness.cli.app import app

    group: Any = typer.main.get_command(app)
    return "\n".join(_command(name, command) for name, command in group.commands.items())


def output(name: str) -> str:
    """What a command printed, under the command."""
    text = (OUTPUT / f"{name}.txt").read_text(encoding="utf-8")
    return fence("text", f"$ {OUTPUTS[name].shown}\n{text}")


def checks() -> str:
    """The checks that `make test` runs, read from the script that runs them."""
    script = (_ROOT / ".ci" / "checks").read_text(encoding="utf-8")
    names = re.search(r'^ALL="(.*)"$', script, re.MULTILINE)
    assert names
    rows = []
    for name in names[1].split():
        does = re.search(rf"^    {name}\) (.*) ;;$", script, re.MULTILINE)
        assert does, name
        rows.append([code(name), code(does[1].replace("$PY", ".venv/bin/python"))])
    return table(["check", "runs"], rows)


def _command(name: str, command: Any) -> str:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and "--help" not in one.opts]
    usage = " ".join(["kata", name, *(_argument(one) for one in arguments), *(["[OPTIONS]"] if options else [])])
    rows = [[code(_argument(one)), one.help or ""] for one in arguments]
    rows += [[code(_option(one)), one.help or ""] for one in options]
    body = table(["argument or option", "meaning"], rows) if rows else ""
    return f"## kata {name} {{ #{name} }}\n\n{command.help.strip()}\n\n" + fence("text", usage) + "\n" + body


def _argument(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper().removesuffix("...")
    name += "..." if argument.nargs == -1 or (argument.metavar or "").endswith("...") else ""
    return name if argument.required else f"[{name}]"


def _option(option: Any) -> str:
    names = ", ".join(one for one in (*option.opts, *option.secondary_opts) if one.startswith("-"))
    if option.is_flag:
        return option.opts[0]
    return f"{names} {option.metavar or option.name.upper()}"
