#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a program of the course several times and checks that its output keeps a promise.

    check_program.py <promise> <runs> <program>
"""
import subprocess
import sys

from promises import PROMISES

FAULTS_SHOWN = 10
SECONDS_MAX = 60


def run(program):
    """(output, faults) of one run; what it prints to stderr and another exit code are faults."""
    done = subprocess.run([program], capture_output=True, text=True, timeout=SECONDS_MAX,
                          stdin=subprocess.DEVNULL, check=False)
    faults = []
    if done.returncode != 0:
        faults.append(f"exit code {done.returncode}, not 0")
    if done.stderr:
        faults.append(f"stderr: {done.stderr}")
    return done.stdout, faults


def main():
    name, runs, program = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    for number in range(1, runs + 1):
        output, faults = run(program)
        faults += PROMISES[name](output)
        if faults:
            print(f"{program}, run {number} of {runs}, promise {name}:")
            for fault in faults[:FAULTS_SHOWN]:
                print(f"    {fault}")
            return 1
    print(f"{program}: {name} kept in {runs} runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
