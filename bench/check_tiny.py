#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one benchmark of gofer's program with tiny sizes: a figure, and nothing else, must come out.

Usage: check_tiny.py PROGRAM NAME, or check_tiny.py PROGRAM --missing NAME for a benchmark that the
program leaves out, which must be refused by name.
"""

import re
import subprocess
import sys


def run(program, *arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60)


def complaint_about_tiny(program, name):
    done = run(program, "--tiny", name)
    if done.returncode != 0:
        return f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
    if not re.fullmatch(rf"{name} \d+\.\d (ns/op|ms|B/task)\n", done.stdout):
        return f"printed {done.stdout!r}"
    strays = [line for line in done.stderr.splitlines() if not line.startswith("# ")]
    return f"wrote to standard error: {strays}" if strays else None


def complaint_about_missing(program, name):
    done = run(program, name)
    refusal = f"{name} is not part of this program"
    if done.returncode != 2 or done.stdout or refusal not in done.stderr:
        return f"exit code {done.returncode}, printed {done.stdout!r} and {done.stderr!r}"
    return None


def main(arguments):
    program, *rest = arguments
    if rest[0] == "--missing":
        complaint = complaint_about_missing(program, rest[1])
    else:
        complaint = complaint_about_tiny(program, rest[0])
    if complaint:
        sys.exit(f"{' '.join(rest)}: {complaint}")


if __name__ == "__main__":
    main(sys.argv[1:])
