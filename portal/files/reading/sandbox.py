"""The walls of the child: limits of the system, and a filter that refuses network and programs.

Set before the file is opened, and inherited by every thread. Works without privileges and inside
containers. Linux on x86-64 and aarch64; elsewhere `close` raises, and nothing is read.
"""

import ctypes
import os
import platform
import resource
import signal
import struct

FILES_MAX = 128  # open at once
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 22, 38
_FILTER_MODE = 2
_EPERM, _ENOSYS = 1, 38
_KILL, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_THREAD = 0x00010000  # CLONE_THREAD
_X32 = 0x40000000  # the other numbering of system calls on x86-64

# Linux' numbers, (x86-64, aarch64). What none of the libraries needs to read a file.
_REFUSED = {
    "socket": (41, 198), "connect": (42, 203), "accept": (43, 202), "accept4": (288, 242),
    "bind": (49, 200), "listen": (50, 201), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "setsid": (112, 157), "setpgid": (109, 154), "setrlimit": (160, 164),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "kexec_load": (246, 104), "reboot": (169, 142),
}  # fmt: skip
_KILLING = {"kill": (62, 129), "tgkill": (234, 131)}  # allowed towards oneself: abort() needs it
_CLONE, _CLONE3 = (56, 220), (435, 435)
_SENDTO, _PRLIMIT = (44, 206), (302, 261)
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


class NoWalls(Exception):
    """The system cannot wall the child in; the file stays unread."""


def limit(*, memory: int, cpu: int, output: int) -> None:
    """Limits of the system for this process.

    memory: bytes of address space. cpu: seconds of work. output: bytes of one written file.
    """
    for what, soft, most in (
        (resource.RLIMIT_AS, memory, memory),
        # At the soft limit a process is told so (SIGXCPU), at the hard one it is just killed.
        (resource.RLIMIT_CPU, cpu, cpu + 5),
        (resource.RLIMIT_FSIZE, output, output),
        (resource.RLIMIT_NOFILE, FILES_MAX, FILES_MAX),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (min(soft, most), most))


def close(parent: int) -> None:
    """Refuse network, programs and other processes from here on, for good.

    parent: the process that asked; its death is this one's. Raises NoWalls.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    known = _ARCHITECTURES.get(platform.machine())
    if known is None or not hasattr(libc, "prctl"):
        raise NoWalls(f"no filter for {platform.system()} on {platform.machine()}")
    _prctl(libc, _PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise NoWalls("the process that asked is gone")
    _prctl(libc, _PR_SET_DUMPABLE, 0)
    _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1)
    program = _program(*known, own=os.getpid())
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    _prctl(libc, _PR_SET_SECCOMP, _FILTER_MODE, header)


def _prctl(libc: ctypes.CDLL, option: int, value: int, header: bytes | None = None) -> None:
    long = ctypes.c_ulong
    if libc.prctl(option, long(value), header or long(0), long(0), long(0)) != 0:
        raise NoWalls(f"prctl {option}: {os.strerror(ctypes.get_errno())}")


def _program(column: int, architecture: int, own: int) -> bytes:
    """The filter as the kernel's packet-filter instructions, eight bytes each."""
    deny, absent = _answer(_ERRNO | _EPERM), _answer(_ERRNO | _ENOSYS)
    code = [_load(4), _equal(architecture, 1, 0), _answer(_KILL), _load(0)]
    if column == 0:
        code += [_at_least(_X32, 0, 1), deny]
    for numbers in _REFUSED.values():
        if (number := numbers[column]) is not None:
            code += [_equal(number, 0, 1), deny]
    # The libraries then make their threads by clone, whose flags a filter can see.
    code += [_equal(_CLONE3[column], 0, 1), absent]
    code += [
        _equal(_CLONE[column], 0, 4),
        _load(16),
        _any_bit(_THREAD, 1, 0),
        deny,
        _answer(_ALLOW),
    ]
    for numbers in _KILLING.values():
        code += [_equal(numbers[column], 0, 4), _load(16), _equal(own, 1, 0), deny, _answer(_ALLOW)]
    # A pair of joined sockets may talk (event loops do); to a named address nothing is sent.
    code += _only_if_zero(_SENDTO[column], argument=4)
    code += _only_if_zero(_PRLIMIT[column], argument=2)  # limits may be read, never set
    return b"".join([*code, _answer(_ALLOW)])


def _only_if_zero(number: int, argument: int) -> list[bytes]:
    """Allow a call only where this argument is 0, both halves of it."""
    low = 16 + 8 * argument
    deny = _answer(_ERRNO | _EPERM)
    test = [_load(low), _equal(0, 0, 2), _load(low + 4), _equal(0, 1, 0), deny, _answer(_ALLOW)]
    return [_equal(number, 0, len(test)), *test]


def _load(offset: int) -> bytes:
    return struct.pack("HBBI", 0x20, 0, 0, offset)


def _equal(value: int, then: int, otherwise: int) -> bytes:
    return struct.pack("HBBI", 0x15, then, otherwise, value)


def _at_least(value: int, then: int, otherwise: int) -> bytes:
    return struct.pack("HBBI", 0x35, then, otherwise, value)


def _any_bit(value: int, then: int, otherwise: int) -> bytes:
    return struct.pack("HBBI", 0x45, then, otherwise, value)


def _answer(value: int) -> bytes:
    return struct.pack("HBBI", 0x06, 0, 0, value)
