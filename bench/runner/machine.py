# SPDX-License-Identifier: Apache-2.0
"""What the figures were taken on: the machine and the source."""

import os
import platform
import re
import socket
import subprocess
import time


def output_of(*command, cwd=None):
    """What a command prints, or None where it cannot be run."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def cpu_model():
    with open("/proc/cpuinfo") as info:
        found = re.search(r"^model name\s*:\s*(.+)$", info.read(), re.MULTILINE)
    return found.group(1) if found else platform.machine()


def memory_gib():
    with open("/proc/meminfo") as info:
        found = re.search(r"^MemTotal:\s*(\d+) kB", info.read(), re.MULTILINE)
    return round(int(found.group(1)) / 2**20, 1)


def is_virtual():
    with open("/proc/cpuinfo") as info:
        return " hypervisor" in info.read()


def describe(source_dir):
    """The context of a run, in the words of Google Benchmark where it has them."""
    commit = output_of("git", "describe", "--always", "--dirty", "--abbrev=12", cwd=source_dir)
    return {
        "date": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "host_name": socket.gethostname(),
        "num_cpus": len(os.sched_getaffinity(0)),
        "cpu": cpu_model(),
        "virtual": is_virtual(),
        "memory_gib": memory_gib(),
        "kernel": platform.release(),
        "load_avg": list(os.getloadavg()),
        "compiler": (output_of("g++", "--version") or "no g++").splitlines()[0],
        "commit": commit or "none (not in a commit)",
        "library_build_type": "release",
    }
