#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the Loom program where it is out of date, and runs it.
#   WORKERS=2 ./run.sh [benchmark ...]
#   ./run.sh --build      only builds
#   ./run.sh --jdk        prints the JDK it takes
# JDK_HOME names a JDK of version 21 or later; without it the newest one of the usual places is
# taken. PEERS_BUILD and JAVA_OPTS may be set as well. JAVA_OPTS stands by default for the collector
# with the best throughput; JAVA_OPTS=-XX:+UseG1GC takes the one the JVM would choose.
set -eu

# The major version of the JDK in $1, 0 if there is none.
major_version() {
    if [ -x "$1/bin/javac" ] && [ -r "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
    else
        echo 0
    fi
}

find_jdk() {
    if [ -n "${JDK_HOME:-}" ]; then
        echo "$JDK_HOME"
        return
    fi
    best=0
    found=
    for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/*jdk* /opt/java/*; do
        version=$(major_version "$candidate")
        if [ "$version" -gt "$best" ]; then
            best=$version
            found=$candidate
        fi
    done
    [ "$best" -lt 21 ] || echo "$found"
}

source_dir=$(cd "$(dirname "$0")" && pwd)
classes=${PEERS_BUILD:-build/peers}/loom
workers=${WORKERS:-2}
options=${JAVA_OPTS--XX:+UseParallelGC}
jdk=$(find_jdk)
if [ -z "$jdk" ]; then
    echo "loom: no JDK of version 21 or later; install one or set JDK_HOME" >&2
    exit 3
fi
if [ "${1:-}" = --jdk ]; then
    echo "$jdk"
    exit
fi

stamp=$classes/.built
if [ ! -e "$stamp" ] || [ -n "$(find "$source_dir" -name '*.java' -newer "$stamp")" ]; then
    rm -rf "$classes"
    mkdir -p "$classes"
    "$jdk/bin/javac" -Xlint:all -d "$classes" "$source_dir"/*.java
    touch "$stamp"
fi
if [ "${1:-}" = --build ]; then
    exit
fi

# shellcheck disable=SC2086  # a list of words
exec "$jdk/bin/java" \
    -Djdk.virtualThreadScheduler.parallelism="$workers" \
    -Djdk.virtualThreadScheduler.maxPoolSize="$workers" \
    -Xmx6g $options \
    -cp "$classes" LoomBench "$@"
