"""System calls by name: the numbers of two machines, and one function to make a call.

Only the calls which the sandbox makes or denies are listed. Those from 424 on have the same
number on every machine. Elsewhere `MACHINE` is None, and no layer that needs a number works.

Source: https://man7.org/linux/man-pages/man2/syscalls.2.html
"""

import ctypes
import os
import platform
import struct
import sys
from functools import cache
from typing import Any

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def _this_machine() -> str | None:
    if sys.platform != "linux" or struct.calcsize("P") != 8:
        return None
    name = {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine())
    return name if name in _AUDIT_ARCH else None


MACHINE = _this_machine()
"""x86_64, aarch64, or None: no Linux, 32 bits, or a machine without a table here."""

AUDIT_ARCH = _AUDIT_ARCH.get(MACHINE or "", 0)
"""How seccomp names this machine."""

_BOTH = """
_                  x86_64  aarch64
accept             43      202
accept4            288     242
acct               163     89
add_key            248     217
adjtimex           159     171
bind               49      200
bpf                321     280
capget             125     90
capset             126     91
chmod              90      -
chown              92      -
chroot             161     51
clock_adjtime      305     266
clock_settime      227     112
clone              56      220
clone3             435     435
connect            42      203
delete_module      176     106
execve             59      221
execveat           322     281
fanotify_init      300     262
fchmodat           268     53
fchmodat2          452     452
fchownat           260     54
file_setattr       469     469
finit_module       313     273
fork               57      -
fsconfig           431     431
fsmount            432     432
fsopen             430     430
fspick             433     433
futimesat          261     -
init_module        175     105
io_setup           206     0
io_uring_enter     426     426
io_uring_register  427     427
io_uring_setup     425     425
ioctl              16      29
ioperm             173     -
iopl               172     -
ioprio_set         251     30
kcmp               312     272
kexec_file_load    320     294
kexec_load         246     104
keyctl             250     219
kill               62      129
landlock_add_rule  445     445
landlock_create_ruleset 444 444
landlock_restrict_self  446 446
lchown             94      -
listen             50      201
lookup_dcookie     212     18
lremovexattr       198     15
lsetxattr          189     6
memfd_create       319     279
memfd_secret       447     447
migrate_pages      256     238
modify_ldt         154     -
mount              165     40
mount_setattr      442     442
move_mount         429     429
move_pages         279     239
mq_open            240     180
msgctl             71      187
msgget             68      186
msgrcv             70      188
msgsnd             69      189
name_to_handle_at  303     264
open_by_handle_at  304     265
open_tree          428     428
open_tree_attr     467     467
perf_event_open    298     241
personality        135     92
pidfd_getfd        438     438
pidfd_open         434     434
pidfd_send_signal  424     424
pivot_root         155     41
prctl              157     167
prlimit64          302     261
process_madvise    440     440
process_mrelease   448     448
process_vm_readv   310     270
process_vm_writev  311     271
ptrace             101     117
quotactl           179     60
quotactl_fd        443     443
reboot             169     142
removexattr        197     14
removexattrat      466     466
request_key        249     218
rt_sigqueueinfo    129     138
rt_tgsigqueueinfo  297     240
sched_setaffinity  203     122
sched_setattr      314     274
sched_setparam     142     118
sched_setscheduler 144     119
seccomp            317     277
semctl             66      191
semget             64      190
semop              65      193
semtimedop         220     192
sendto             44      206
setdomainname      171     162
setfsgid           123     152
setfsuid           122     151
sethostname        170     161
setns              308     268
setpriority        141     140
settimeofday       164     170
setxattr           188     5
setxattrat         463     463
shmat              30      196
shmctl             31      195
shmdt              67      197
shmget             29      194
socket             41      198
socketpair         53      199
swapoff            168     225
swapon             167     224
sysfs              139     -
syslog             103     116
tgkill             234     131
tkill              200     130
truncate           76      45
umount2            166     39
unshare            272     97
userfaultfd        323     282
uselib             134     -
utime              132     -
utimensat          280     88
utimes             235     -
vfork              58      -
vhangup            153     58
"""


def _table(machine: str | None) -> dict[str, int]:
    rows = [line.split() for line in _BOTH.split("\n") if line]
    if machine is None:
        return {}
    column = rows[0].index(machine)
    return {row[0]: int(row[column]) for row in rows[1:] if row[column] != "-"}


NUMBERS = _table(MACHINE)
"""Name to number on this machine; a call that this machine lacks is left out."""


@cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: Any) -> int:
    """Makes a system call.

    Args:
        name: as in `NUMBERS`.
        arguments: ints (64 bits wide), bytes (their address, or None for a null pointer),
            or anything ctypes takes as it is.

    Returns:
        What the call returned.

    Raises:
        OSError: the call failed.
    """
    number = NUMBERS[name]
    widened = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result: int = _libc().syscall(ctypes.c_long(number), *widened)
    if result == -1:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
    return result


def keep_memory_arenas_few() -> None:
    """Lets malloc share two arenas among all threads: each reserves 64 MB of address space."""
    mallopt = getattr(_libc(), "mallopt", None)  # glibc only
    if mallopt is not None:
        mallopt(-8, 2)  # M_ARENA_MAX
