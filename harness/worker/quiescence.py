"""Is a worker at a standstill, and how much has it computed? Asked of the operating system.

A worker says itself when its turn is over, so this is only for one that does not: because it
computes without end, or because it waits for something that is not ours to give (a deadlock
in C code, a process it has started). Each question has an answer from /proc and, where there
is none, one from psutil.
"""

import os
from collections.abc import Hashable


def has_proc() -> bool:
    """Whether this system tells about threads in /proc."""
    return os.path.isdir("/proc/self/task")


def standstill(pid: int) -> Hashable | None:
    """A mark that stays the same while no thread of the process runs; None if one runs now.

    That all threads sleep is not enough: one that waits for the interpreter lock sleeps too.
    So compare marks: the same one twice means that nothing ran in between.
    """
    return standstill_from_proc(pid) if has_proc() else standstill_from_cpu_times(pid)


def standstill_from_proc(pid: int) -> Hashable | None:
    """Every thread sleeps; the mark counts how often each was given a CPU."""
    marks = []
    try:
        for task in sorted(os.listdir(f"/proc/{pid}/task")):
            with open(f"/proc/{pid}/task/{task}/status", encoding="ascii", errors="replace") as file:
                fields = dict(line.split(":", 1) for line in file if ":" in line)
            if not fields["State"].strip().startswith("S"):
                return None
            switches = fields["voluntary_ctxt_switches"], fields["nonvoluntary_ctxt_switches"]
            marks.append((task, *(int(count) for count in switches)))
    except (OSError, KeyError):
        return None
    return tuple(marks)


def standstill_from_cpu_times(pid: int) -> Hashable | None:
    """The mark is the CPU time of each thread, which stands still when the thread does."""
    import psutil

    try:
        return tuple(sorted(tuple(thread) for thread in psutil.Process(pid).threads()))
    except psutil.Error:
        return None


def cpu_s(pid: int) -> float:
    """CPU seconds the process has used in its life; 0.0 if it is gone."""
    return cpu_s_from_proc(pid) if has_proc() else cpu_s_from_psutil(pid)


def cpu_s_from_proc(pid: int) -> float:
    """As the kernel counts them, in hundredths of a second."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_s_from_psutil(pid: int) -> float:
    """As psutil knows them on this system."""
    import psutil

    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def innermost(pid: int) -> int:
    """The process that runs learner code: `pid`, or its only child if `pid` stands in for one.

    A sandboxed worker is process 1 of its own namespace, and its parent only waits for it.
    """
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            children = file.read().split()
    except OSError:
        return pid
    return int(children[0]) if len(children) == 1 else pid
