# SPDX-License-Identifier: Apache-2.0
"""The raw results as a file, in the shape of Google Benchmark's JSON, and back.

A run of a program is an iteration named runtime/benchmark/P:workers; its real_time is the figure
where that is a time. `figure` and `unit` hold it in its own unit.
"""

import json
import statistics
from pathlib import Path

from .figures import Failure, Results

TIME_UNITS = {"ns/op": "ns", "ms": "ms"}


def point(name, value, unit):
    entry = {"run_name": name, "figure": value, "unit": unit, "threads": 1}
    time = value if unit in TIME_UNITS else 0.0
    return {**entry, "real_time": time, "cpu_time": time, "time_unit": TIME_UNITS.get(unit, "ns")}


def entries_of(key, runtime, cell):
    (benchmark, workers) = key
    name = f"{runtime}/{benchmark}/P:{workers}"
    rounds = len(cell.values)
    for index, value in enumerate(cell.values):
        yield {"name": name, "run_type": "iteration", "repetitions": rounds,
               "repetition_index": index, "iterations": 1, **point(name, value, cell.unit)}
    aggregates = {"mean": statistics.mean(cell.values), "median": cell.median,
                  "stddev": statistics.stdev(cell.values) if rounds > 1 else 0.0}
    for aggregate, value in aggregates.items():
        yield {"name": f"{name}_{aggregate}", "run_type": "aggregate", "repetitions": rounds,
               "aggregate_name": aggregate, "aggregate_unit": "time", "iterations": rounds,
               **point(name, value, cell.unit)}


def to_json(results, context):
    benchmarks = [entry for key, row in results.cells.items() for runtime, cell in row.items()
                  for entry in entries_of(key, runtime, cell)]
    notes = [{"runtime": runtime, "workers": workers, "description": text, "values": values}
             for (runtime, workers, text), values in results.notes.items()]
    failures = [vars(failure) for failure in results.failures]
    return {"context": context, "benchmarks": benchmarks, "notes": notes, "failures": failures}


def from_json(data):
    results = Results()
    for entry in data["benchmarks"]:
        if entry["run_type"] != "iteration":
            continue
        runtime, benchmark, workers = entry["run_name"].split("/")
        results.add(benchmark, int(workers.removeprefix("P:")), runtime, entry["figure"],
                    entry["unit"])
    for note in data["notes"]:
        for value in note["values"]:
            results.add_note(note["runtime"], note["workers"], note["description"], value)
    results.failures = [Failure(**failure) for failure in data["failures"]]
    return results


def write(path, results, context):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(to_json(results, context), indent=1) + "\n")


def read(path):
    data = json.loads(Path(path).read_text())
    return from_json(data), data["context"]
