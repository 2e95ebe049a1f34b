"""Tables of what there is: faults, event sources, resource types, latencies, sandbox layers."""

import re
from typing import Any

import msgspec
from pieces import attributes, code, story, table

_CERTAINTY = {
    "definite": "definite: the work did not happen",
    "indefinite": "indefinite: it may have happened",
    "no failure": "nothing fails",
}
_WHERE = {
    "call": "an outside call, at the service",
    "environment": "the execution environment",
    "downstream": "an HTTP service, when it takes the request",
    "delivery": "a message on its way to a consumer",
}


def faults() -> str:
    """Every fault: a table of all, then a section for each."""
    from harness.faults.registry import FAULTS

    rows = [
        [f"[`{name}`](#{name})", str(fault.point), str(fault.certainty), _first_sentence(story(fault))]
        for name, fault in FAULTS.items()
    ]
    sections = [_fault(name, fault) for name, fault in FAULTS.items()]
    return table(["fault", "strikes", "failure", "what happens"], rows) + "\n" + "\n".join(sections)


def _fault(name: str, fault: Any) -> str:
    own = [field for field in msgspec.structs.fields(fault) if field.name not in _common_names(fault)]
    ours = [base for base in reversed(fault.__mro__) if base.__module__.startswith("harness.faults")]
    meaning = {name: text for base in ours for name, text in attributes(base).items()}
    rows = [[code(field.name), code(_default(field)), meaning.get(field.name, "")] for field in own]
    parameters = table(["parameter", "default", "meaning"], rows) if rows else "No parameters of its own.\n"
    choice = _choice(fault)
    where = f"Strikes {_WHERE[fault.point]}. {_CERTAINTY[fault.certainty].capitalize()}.{choice}"
    python = f"`{fault.__module__}.{fault.__name__}`"
    compare = f"Compare with {fault.comparable}.\n\n" if fault.comparable else ""
    text = re.sub(r"https://\S+", r"<\g<0>>", story(fault))
    return f"## {name} {{ #{name} }}\n\n{text}\n\n{where} {python}\n\n{compare}{parameters}"


def fault_parameters() -> str:
    """The parameters that all faults have, and those that choose calls or messages."""
    from harness.faults.base import CallFault, Fault
    from harness.faults.delivery import DeliveryFault

    parts = []
    for title, cls, without in (
        ("Every fault", Fault, ()),
        ("A fault that chooses calls", CallFault, _names(Fault)),
        ("A fault that chooses messages", DeliveryFault, _names(Fault)),
    ):
        meaning = attributes(cls)
        rows = [
            [code(field.name), code(_default(field)), meaning.get(field.name, "")]
            for field in msgspec.structs.fields(cls)
            if field.name not in without
        ]
        parts.append(f"**{title}**\n\n" + table(["parameter", "default", "meaning"], rows))
    return "\n".join(parts)


def event_sources() -> str:
    """Every event source that can invoke a function here."""
    from harness.event_sources.registry import EVENT_SOURCES

    rows = [
        [code(name), source.title, source.delivery, source.failure, code(f"harness/event_sources/{source.module}.py")]
        for name, source in EVENT_SOURCES.items()
    ]
    return table(["SAM event", "source", "delivery", "when the function fails", "defined in"], rows)


def resource_types() -> str:
    """Every resource type a template may use."""
    from harness.cloud.template.schema import RESOURCE_TYPES

    rows = [[f"[`{name}`]({kind.page})", _role_of(name)] for name, kind in RESOURCE_TYPES.items()]
    return table(["type", "here"], rows)


def _role_of(resource_type: str) -> str:
    """What a resource of this type does here."""
    if resource_type.startswith("AWS::IAM::") or resource_type.endswith(("Policy", "::Permission")):
        return "enforced: who may do what"
    return "simulated"


def properties_without_effect() -> str:
    """Properties a template may have and that change nothing here."""
    from harness.cloud.template.shapes import NoEffect

    return _properties(NoEffect)


def properties_refused() -> str:
    """Properties of AWS that a template may not have here."""
    from harness.cloud.template.shapes import Unsupported

    return _properties(Unsupported)


def _properties(shape: type) -> str:
    from harness.cloud.template.schema import RESOURCE_TYPES

    rows = []
    for name, kind in RESOURCE_TYPES.items():
        found = [key for key, value in kind.properties.properties.items() if isinstance(value, shape)]
        if found:
            rows.append([code(name), ", ".join(map(code, sorted(found)))])
    return table(["type", "properties"], rows)


def latencies() -> str:
    """The nominal latency of each AWS call."""
    from harness.cloud import latency

    rows = [[code(service), "", f"{ms:g} ms"] for service, ms in latency._SERVICE_MS.items()]
    rows += [[code(service), code(name), f"{ms:g} ms"] for (service, name), ms in latency._OPERATION_MS.items()]
    rows.append(["any other", "", f"{latency._DEFAULT_MS:g} ms"])
    return table(["service", "operation", "nominal latency"], sorted(rows[:-1]) + rows[-1:])


def sandbox_layers() -> str:
    """Every layer of the sandbox, and what a machine without it cannot prevent."""
    from harness.worker.sandbox.confinement import LAYERS
    from harness.worker.sandbox.probe import LOST

    return table(["layer", "without it"], [[code(name), LOST[name]] for name in LAYERS])


def denied_calls() -> str:
    """What the seccomp filter refuses."""
    from harness.worker.sandbox.seccomp import DENIED

    rows = [[what, ", ".join(code(name) for name in names.split())] for what, names in DENIED.items()]
    return table(["to", "system calls"], rows)


def _choice(fault: Any) -> str:
    from harness.faults.base import CallFault
    from harness.faults.delivery import DeliveryFault

    if issubclass(fault, CallFault):
        return " Chooses its calls."
    return " Chooses its messages." if issubclass(fault, DeliveryFault) else ""


def _common_names(fault: Any) -> set[str]:
    """The parameters that the tables at the head of the page explain."""
    from harness.faults.base import CallFault, Fault
    from harness.faults.delivery import DeliveryFault

    return set().union(*(_names(one) for one in (Fault, CallFault, DeliveryFault) if issubclass(fault, one)))


def _names(cls: Any) -> set[str]:
    return {field.name for field in msgspec.structs.fields(cls)}


def _default(field: Any) -> str:
    if field.default is msgspec.NODEFAULT:
        return "required"
    return '""' if field.default == "" else str(field.default)


def _first_sentence(text: str) -> str:
    return text.split("\n\n")[0].replace("\n", " ")
