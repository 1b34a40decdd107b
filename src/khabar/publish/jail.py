"""What a worker may not do, held by the kernel: reach the network, start a program, write a file, grow.

The gate refuses a query that would fetch; this is for the day on which the gate is wrong.  Linux only:
a seccomp filter (https://docs.kernel.org/userspace-api/seccomp_filter.html), which needs no privilege;
where the kernel has none, a network namespace of its own.  Elsewhere only the limits hold.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
import sys
from typing import Final, NamedTuple

SECCOMP: Final = "seccomp"
NAMESPACE: Final = "network namespace"
NONE: Final = "none"

FORBIDDEN: Final = (
    "socket", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg", "sendmmsg",
    "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "io_uring_setup",
)  # fmt: skip


class _Machine(NamedTuple):
    """What a filter must know of a processor."""

    audit: int  # AUDIT_ARCH_* of linux/audit.h
    prctl_seccomp: int  # the number of seccomp(2)
    numbers: dict[str, int]  # of the system calls


MACHINES: Final = {
    "x86_64": _Machine(0xC000003E, 317, {
        "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "sendmsg": 46, "bind": 49, "listen": 50,
        "execve": 59, "ptrace": 101, "accept4": 288, "sendmmsg": 307, "process_vm_readv": 310,
        "process_vm_writev": 311, "execveat": 322, "io_uring_setup": 425,
    }),
    "aarch64": _Machine(0xC00000B7, 277, {
        "ptrace": 117, "socket": 198, "bind": 200, "listen": 201, "accept": 202, "connect": 203,
        "sendto": 206, "sendmsg": 211, "execve": 221, "accept4": 242, "sendmmsg": 269,
        "process_vm_readv": 270, "process_vm_writev": 271, "execveat": 281, "io_uring_setup": 425,
    }),
}  # fmt: skip

# linux/filter.h and linux/seccomp.h
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_KILL, _ALLOW, _REFUSE = 0x80000000, 0x7FFF0000, 0x00050000 | errno.EPERM
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data, in bytes
_X32: Final = 0x40000000  # the second set of numbers that x86_64 has
_NO_NEW_PRIVILEGES, _SET_FILTER, _ALL_THREADS = 38, 1, 1
_ARENAS = -8  # M_ARENA_MAX of malloc.h
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def confine(memory: int, *, writes: bool = False) -> str:
    """Confine this process for good, and say by what it is kept from the network.

    MEMORY is in bytes, all that is mapped counts.  Only one that WRITES may write files.  Call it before
    there are threads.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not writes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform != "linux":  # macOS refuses a limit of memory
        return NONE
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    libc = ctypes.CDLL(None, use_errno=True)
    keep_to_arenas(1)
    for name, close in ((SECCOMP, _filter), (NAMESPACE, _unshare)):
        try:
            close(libc)
        except OSError:
            continue
        return name
    return NONE


def keep_to_arenas(number: int) -> None:
    """Let all threads of this process share so many arenas of glibc, where there is glibc.

    Each further one maps 64 MiB that count as memory: a store that starts several threads at once found
    none left and ended its worker; and what one thread gives back no other one gets.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_ARENAS, number)


def _filter(libc: ctypes.CDLL) -> None:
    machine = MACHINES.get(platform.machine())
    if machine is None or sys.maxsize < 2**32:
        raise OSError(errno.ENOSYS, "no filter for this processor")
    program = _program(machine)
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    described = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    if libc.syscall(machine.prctl_seccomp, _SET_FILTER, _ALL_THREADS, described):
        raise OSError(ctypes.get_errno(), "seccomp")


def _program(machine: _Machine) -> list[tuple[int, int, int, int]]:
    """The filter: code, steps to skip if true, steps to skip if false, operand."""
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_IF_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _KILL),
    ]
    for name in FORBIDDEN:
        program += [(_IF_EQUAL, 0, 1, machine.numbers[name]), (_RETURN, 0, 0, _REFUSE)]
    return [*program, (_RETURN, 0, 0, _ALLOW)]


def _unshare(libc: ctypes.CDLL) -> None:
    """Move into a network without interfaces; needs user namespaces, which some systems forbid."""
    flags = _NEW_NETWORK if os.geteuid() == 0 else _NEW_USER | _NEW_NETWORK
    if libc.unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")
