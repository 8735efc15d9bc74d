# SPDX-License-Identifier: Apache-2.0
#
# Runs a program as a child and compares its exit code and stderr with a golden file.
#
# A golden file begins with lines "# key: value":
#     exit: 3                the exit code, or "signal 6"
#     env: NAME=VALUE        added to the environment; may be repeated
# and goes on with the expected lines of stderr. In a line, {{id}}, {{address}}, {{bytes}}, {{any}}
# and {{place}} (a module and an offset) stand for what they say, {{regex}} for what the regular
# expression matches, all else for itself; a line of "..." for any number of lines, none included.
import argparse
import os
import re
import signal
import subprocess
import sys


def read_golden(path):
    """The wanted exit ("3" or "signal 6"), the environment, the lines of stderr."""
    wanted_exit, environment, lines = None, {}, []
    with open(path, encoding="utf-8") as golden:
        for line in golden.read().splitlines():
            header = re.fullmatch(r"# (\w+): (.*)", line)
            if header and header[1] == "exit":
                wanted_exit = header[2]
            elif header and header[1] == "env":
                name, value = header[2].split("=", 1)
                environment[name] = value
            elif not line.startswith("#"):
                lines.append(line)
    if wanted_exit is None:
        sys.exit(f"{path}: no '# exit:' line")
    return wanted_exit, environment, lines


PLACEHOLDERS = {
    "id": r"\d+",
    "address": r"0x[0-9a-f]+",
    "bytes": r"\d+",
    "any": r".*",
    "place": r"\S+\+0x[0-9a-f]+",
}


def pattern_of(line):
    """The regular expression of one golden line."""
    parts = re.split(r"\{\{(.*?)\}\}", line)
    return "".join(
        f"(?:{PLACEHOLDERS.get(p, p)})" if i % 2 else re.escape(p) for i, p in enumerate(parts)
    )


def first_difference(wanted, got):
    """None if `got` matches, else how many wanted lines matched at best."""
    reachable = {0}  # positions in `got` where the next wanted line may stand
    for index, line in enumerate(wanted):
        if line == "...":
            reachable = set(range(min(reachable), len(got) + 1))
            continue
        pattern = re.compile(pattern_of(line))
        reachable = {
            g + 1 for g in reachable if g < len(got) and pattern.fullmatch(got[g])
        }
        if not reachable:
            return index
    return None if len(got) in reachable else len(wanted)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", required=True)
    arguments.add_argument("--scenario", required=True)
    arguments.add_argument("--expected", required=True)
    arguments.add_argument("--timeout", type=float, default=60)
    a = arguments.parse_args()

    wanted_exit, environment, wanted = read_golden(a.expected)
    try:
        child = subprocess.run(
            [a.program, a.scenario],
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=a.timeout,
        )
    except subprocess.TimeoutExpired as e:
        sys.exit(f"hangs; stderr so far:\n{(e.stderr or b'').decode(errors='replace')}")
    code = child.returncode
    got_exit = f"signal {signal.Signals(-code).value}" if code < 0 else str(code)
    got = child.stderr.decode(errors="replace").splitlines()

    problems = []
    if got_exit != wanted_exit:
        problems.append(f"exit is {got_exit}, not {wanted_exit}")
    difference = first_difference(wanted, got)
    if difference is not None:
        line = wanted[difference] if difference < len(wanted) else "(the end)"
        problems.append(f"stderr differs at line {difference + 1} of the expected ones: {line}")
    if problems:
        print("\n".join(problems))
        print("--- stderr:")
        print("\n".join(got))
        sys.exit(1)


main()
