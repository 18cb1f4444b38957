#!/usr/bin/env python3
"""Runs a program within the system calls that a systemd unit allows, as systemd would.

usage: as_unit.py UNIT PROGRAM [ARGUMENT...]    under no_new_privs (setpriv --no-new-privs)

Without systemd as process 1 nothing else of a unit can be had; that a call is missing shows only here, or at a user's.
"""
import ctypes
import os
import pathlib
import re
import subprocess
import sys

ALLOW = 0x7FFF0000                    # seccomp.h: SCMP_ACT_ALLOW
ANSWER_EPERM = 0x00050000 | 1         # SCMP_ACT_ERRNO(EPERM), the unit's SystemCallErrorNumber


def calls_of(name):
    """The calls of a set (@chown) and of the sets in it, or the call itself."""
    if not name.startswith("@"):
        return {name}
    shown = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True).stdout
    words = [line.strip() for line in shown.splitlines()[1:]]
    return set().union(*(calls_of(word) for word in words if word and not word.startswith("#")))


def allowed_by(unit):
    """systemd.exec(5): the first line begins a list of what is allowed, a ~ takes away, @default is always in."""
    allowed = calls_of("@default")
    for value in re.findall(r"^SystemCallFilter=(.*)$", unit, re.MULTILINE):
        named = set().union(*(calls_of(word) for word in value.removeprefix("~").split()))
        allowed = allowed - named if value.startswith("~") else allowed | named
    return allowed


def forbid_all_but(allowed):
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(ANSWER_EPERM)))
    for call in sorted(allowed):
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:  # else not of this processor
            library.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), ctypes.c_int(number), ctypes.c_uint(0))
    if library.seccomp_load(context) != 0:
        sys.exit("the kernel takes no filter of system calls")


if __name__ == "__main__":
    allowed_calls = allowed_by(pathlib.Path(sys.argv[1]).read_text())
    forbid_all_but(allowed_calls)
    os.execv(sys.argv[2], sys.argv[2:])
