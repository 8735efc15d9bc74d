# SPDX-License-Identifier: Apache-2.0
"""The runtimes that are compared: how each is found, built, versioned and run."""

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .machine import output_of

# The common set, in the order of SPEC.md.
NAMES = (
    "spawn_join spawn_chain skynet yield chan_pingpong chan_buffered chan_mpmc chan_fanin select2 "
    "select_default ring sieve mutex_contended waitgroup_fanout sleep_many timer_churn "
    "parked_memory fib_forkjoin parallel_sha1 tcp_echo"
).split()

PROCESS_SECONDS_MAX = 120  # a figure takes a few seconds; more than this is a hang


class Missing(Exception):
    """A runtime cannot be built here; the text says what to do about it."""


class Failed(Exception):
    """A program crashed, hung, or printed no figure."""


@dataclass
class Runtime:
    key: str
    title: str
    command: list
    version: str
    lacks: set = field(default_factory=set)  # benchmarks that it has no natural form of
    env: dict = field(default_factory=dict)

    def run(self, name, workers, samples, prefix=()):
        """A process that takes the figure: what it printed, and its standard error."""
        env = dict(os.environ, **self.env, WORKERS=str(workers))
        if samples:
            env["SAMPLES"] = str(samples)
        process = subprocess.Popen(
            [*prefix, *self.command, name], env=env, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = process.communicate(timeout=PROCESS_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            # The whole session: some programs take their samples in children.
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise Failed(f"hung: killed after {PROCESS_SECONDS_MAX} s") from None
        if process.returncode != 0:
            raise Failed(f"{outcome(process.returncode)}: {err.strip()[-400:] or 'no message'}")
        return out, err


def outcome(code):
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def build(command, cwd, env=None):
    done = subprocess.run(command, cwd=cwd, env=dict(os.environ, **(env or {})),
                          capture_output=True, text=True)
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise Missing(f"its build failed ({' '.join(map(str, command))}):\n{tail}")


def need(program, advice):
    found = shutil.which(program)
    if not found:
        raise Missing(f"there is no {program} here: {advice}")
    return found


@dataclass
class Places:
    source: Path  # the project
    peers: Path  # where the peers' programs are built
    gofer: Path = None  # a gofer_bench that stands already

    @property
    def programs(self):
        return self.source / "bench" / "peers"


def make_gofer(places):
    program = places.gofer
    if program is None:
        need("cmake", "apt-get install cmake ninja-build")
        build(["cmake", "--preset", "release"], places.source)
        build(["cmake", "--build", "build/release", "--target", "gofer_bench"], places.source)
        program = places.source / "build" / "release" / "bench" / "gofer_bench"
    listed = output_of(str(program), "--list")
    if listed is None:
        raise Missing(f"{program} --list failed")
    has = {line.split()[0] for line in listed.splitlines()}
    text = (places.source / "CMakeLists.txt").read_text()
    version = re.search(r"project\(gofer VERSION ([\d.]+)", text)
    return Runtime("gofer", "gofer", [str(program)], version.group(1) if version else "?",
                   lacks=set(NAMES) - has)


def make_go(places):
    need("go", "https://go.dev/dl or apt-get install golang")
    program = places.peers / "go"
    build(["go", "build", "-o", program, "."], places.programs / "go")
    version = output_of("go", "env", "GOVERSION").removeprefix("go")
    return Runtime("go", "Go", [str(program)], version)


def make_tokio(places):
    need("cargo", "https://rustup.rs or apt-get install cargo")
    folder = places.programs / "tokio"
    target = places.peers / "tokio"
    build(["cargo", "build", "--release", "--locked"], folder, {"CARGO_TARGET_DIR": str(target)})
    lock = (folder / "Cargo.lock").read_text()
    version = re.search(r'name = "tokio"\nversion = "([^"]+)"', lock).group(1)
    rust = (output_of("rustc", "--version") or "").split()
    return Runtime("tokio", "Tokio", [str(target / "release" / "tokio_bench")],
                   f"{version} (rustc {rust[1] if len(rust) > 1 else '?'})")


def make_loom(places):
    script = places.programs / "loom" / "run.sh"
    jdk = output_of(str(script), "--jdk")
    if not jdk:
        raise Missing("there is no JDK of version 21 or later: https://adoptium.net, or set "
                      "JDK_HOME to one")
    env = {"PEERS_BUILD": str(places.peers), "JDK_HOME": jdk}
    build([script, "--build"], places.source, env)
    found = re.search(r'JAVA_VERSION="([^"]+)"', (Path(jdk) / "release").read_text())
    return Runtime("loom", "Loom", [str(script)], f"JDK {found.group(1) if found else '?'}",
                   lacks={"select2"}, env=env)


def make_fiber(places):
    need("make", "apt-get install make")
    header = next((f for f in (Path("/usr/include/boost/version.hpp"),
                               Path("/usr/local/include/boost/version.hpp")) if f.exists()), None)
    if header is None or not (header.parent / "fiber").is_dir():
        raise Missing("there is no Boost.Fiber: apt-get install libboost-fiber-dev "
                      "libboost-context-dev libssl-dev")
    out = places.peers / "boost_fiber"
    build(["make", f"OUT={out}"], places.programs / "boost_fiber")
    version = re.search(r'BOOST_LIB_VERSION "([^"]+)"', header.read_text()).group(1)
    # With spinning idle threads a channel between two threads costs microseconds.
    return Runtime("fiber", "Boost.Fiber", [str(out / "boost_fiber_bench")],
                   version.replace("_", "."), lacks={"select2", "timer_churn", "tcp_echo"},
                   env={"IDLE": "suspend"})


MAKERS = {
    "gofer": make_gofer,
    "go": make_go,
    "tokio": make_tokio,
    "loom": make_loom,
    "fiber": make_fiber,
}


def make_all(keys, places, say):
    """The runtimes that can be built here; `say` is told of each one that cannot."""
    places.peers.mkdir(parents=True, exist_ok=True)
    made, missing = [], {}
    for key in keys:
        say(f"building {key}")
        try:
            made.append(MAKERS[key](places))
        except Missing as why:
            say(f"left out: {key}: {why}")
            missing[key] = str(why).splitlines()[0]
    return made, missing
