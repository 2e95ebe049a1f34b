"""The sandbox of the process that runs learner code: its layers, and whether they hold.

Start at `confinement.apply`. Each layer has a module: namespaces and view, limits,
privileges, landlock, seccomp. `grants` says which files are visible. Only the Linux kernel
is asked, through ctypes; elsewhere everything imports and no layer works.
"""

from harness.worker.sandbox.confinement import (
    LAYERS,
    apply,
    close_inherited,
    enter_namespaces,
    fork_into_namespaces,
    prepare,
    self_test,
)
from harness.worker.sandbox.errors import SandboxLeaks, SandboxUnavailable
from harness.worker.sandbox.hints import describe_denial
from harness.worker.sandbox.hints import install as install_hints
from harness.worker.sandbox.limits import Limits
from harness.worker.sandbox.probe import Layer, available, rows

__all__ = [
    "LAYERS",
    "Layer",
    "Limits",
    "SandboxLeaks",
    "SandboxUnavailable",
    "apply",
    "available",
    "close_inherited",
    "describe_denial",
    "enter_namespaces",
    "fork_into_namespaces",
    "install_hints",
    "prepare",
    "rows",
    "self_test",
]
