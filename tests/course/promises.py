#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the course's pages promise about the output of their programs.

A promise is a function that gets the whole output and returns a list of faults, none if it is kept.
Only what a page promises is looked at: the order within a goroutine, never that between two.
"""
import hashlib
import re
import string

PHRASES = ["Start Goroutines", "Waiting To Finish", "Terminating Program"]
SUMS = 50_000
COUNT_MAX = 100


def sequence_faults(who, got, wanted):
    """Names the first place where a goroutine's output differs from what it has to print."""
    for place, (one, other) in enumerate(zip(got, wanted), 1):
        if one != other:
            return [f"{who}: item {place} is {one!r}, not {other!r}"]
    if len(got) != len(wanted):
        return [f"{who}: {len(got)} items, not {len(wanted)}"]
    return []


def letters(output):
    """Examples 1 and 3: each alphabet three times, in order, and nothing else."""
    tokens = output.split()
    faults = [f"{token!r} is no letter" for token in tokens
              if token not in tuple(string.ascii_letters)]
    for who, alphabet in (("lower case", string.ascii_lowercase),
                          ("upper case", string.ascii_uppercase)):
        got = [token for token in tokens if token in tuple(alphabet)]
        faults += sequence_faults(who, got, list(alphabet) * 3)
    return faults


def sha1_lines(output):
    """Example 2: 50,000 right sums from A and from B, numbers in order."""
    got = {"A": [], "B": []}
    faults = []
    for line in output.splitlines():
        match = re.fullmatch(r"([AB]): (\d{5}): ([0-9a-f]{40})", line)
        if match is None:
            faults.append(f"{line!r} is no line of A or B")
            continue
        got[match[1]].append((match[2], match[3]))
    wanted = [(f"{n:05}", hashlib.sha1(str(n).encode()).hexdigest()) for n in range(1, SUMS + 1)]
    for who, lines in got.items():
        faults += sequence_faults(who, lines, wanted)
    return faults


def counting(output):
    """Exercise 1: A counts up, B counts down, both between the first and the last phrase."""
    lines = output.splitlines()
    numbers = {"A": [], "B": []}
    faults = []
    for line in lines:
        match = re.fullmatch(r"\[([AB]):(\d+)\]", line)
        if match is not None:
            numbers[match[1]].append(int(match[2]))
        elif line not in PHRASES:
            faults.append(f"{line!r} is neither a number nor one of the three sentences")
    faults += sequence_faults("A", numbers["A"], list(range(COUNT_MAX + 1)))
    faults += sequence_faults("B", numbers["B"], list(range(COUNT_MAX, -1, -1)))
    faults += sequence_faults("sentences", [line for line in lines if line in PHRASES], PHRASES)
    if lines[:1] != PHRASES[:1]:
        faults.append(f"the first line is not {PHRASES[0]!r}")
    if lines[-1:] != PHRASES[-1:]:
        faults.append(f"the last line is not {PHRASES[-1]!r}")
    return faults


def phrases(output):
    """The templates of exercise 1: the three sentences, nothing else."""
    return sequence_faults("sentences", output.splitlines(), PHRASES)


PROMISES = {promise.__name__: promise for promise in (letters, sha1_lines, counting, phrases)}
