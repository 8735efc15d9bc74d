# SPDX-License-Identifier: Apache-2.0
"""Figures and what is read from them: medians, spreads, ratios, and where gofer is behind."""

import statistics
from dataclasses import dataclass, field

OURS = "gofer"
GO = "go"

# Units where more is better; in all others a figure is a cost.
RATES = {"kop/s"}


@dataclass
class Cell:
    """One benchmark on one runtime: a value per round."""

    unit: str
    values: list = field(default_factory=list)

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def low(self):
        return min(self.values)

    @property
    def high(self):
        return max(self.values)

    @property
    def spread(self):
        """(max - min) / median, or None where one round tells nothing."""
        if len(self.values) < 2 or self.median == 0:
            return None
        return (self.high - self.low) / self.median


class Results:
    """All cells of a run, by benchmark, number of workers and runtime."""

    def __init__(self):
        self.cells = {}
        self.notes = {}  # (runtime, workers, description) -> values
        self.failures = []  # Failure

    def add(self, name, workers, runtime, value, unit):
        row = self.cells.setdefault((name, workers), {})
        row.setdefault(runtime, Cell(unit)).values.append(value)

    def add_note(self, runtime, workers, description, value):
        self.notes.setdefault((runtime, workers, description), []).append(value)

    def row(self, name, workers):
        return self.cells.get((name, workers), {})

    def rows(self, workers, names):
        """(name, {runtime: Cell}) of the names that were measured, in their order."""
        return [(name, self.row(name, workers)) for name in names if self.row(name, workers)]

    def worker_counts(self):
        return sorted({workers for _, workers in self.cells})


@dataclass
class Failure:
    runtime: str
    name: str
    workers: int
    what: str


def cost_ratio(ours, theirs):
    """What ours costs where theirs costs 1: below 1 ours is ahead, for rates too."""
    if ours.unit != theirs.unit:
        raise ValueError(f"cannot compare {ours.unit} with {theirs.unit}")
    if ours.unit in RATES:
        return theirs.median / ours.median
    return ours.median / theirs.median if theirs.median else float("inf")


def overlap(ours, theirs):
    """Whether the ranges of the two, over all rounds, touch."""
    return ours.low <= theirs.high and theirs.low <= ours.high


def best_peer(row):
    """The runtime with the best median that is not ours, or None."""
    peers = {runtime: cell for runtime, cell in row.items() if runtime != OURS}
    if not peers:
        return None
    rate = next(iter(peers.values())).unit in RATES
    return (max if rate else min)(peers, key=lambda runtime: peers[runtime].median)


@dataclass
class Behind:
    name: str
    workers: int
    peer: str
    ratio: float
    is_within_spread: bool


def behind(results, names):
    """Where gofer's median is worse than Go's or the best peer's; the worst ratio first."""
    found = []
    for workers in results.worker_counts():
        for name, row in results.rows(workers, names):
            if OURS not in row:
                continue
            ours = row[OURS]
            for peer in dict.fromkeys([best_peer(row), GO]):
                if peer is None or peer not in row:
                    continue
                ratio = cost_ratio(ours, row[peer])
                if ratio > 1:
                    found.append(Behind(name, workers, peer, ratio, overlap(ours, row[peer])))
    return sorted(found, key=lambda b: -b.ratio)


def speed_up(results, name, runtime):
    """One worker's time over two workers' time, or None."""
    one = results.row(name, 1).get(runtime)
    two = results.row(name, 2).get(runtime)
    return one.median / two.median if one and two and two.median else None


def parse_output(text):
    """The `name value unit` lines of a program's standard output."""
    figures = []
    for line in text.splitlines():
        words = line.split()
        if len(words) != 3:
            continue
        try:
            figures.append((words[0], float(words[1]), words[2]))
        except ValueError:
            continue
    return figures


def parse_notes(text):
    """The `# description: value` lines of a program's standard error."""
    notes = []
    for line in text.splitlines():
        if not line.startswith("# "):
            continue
        description, _, value = line[2:].rpartition(": ")
        try:
            notes.append((description, float(value)))
        except ValueError:
            continue
    return notes


def short(value):
    """Three significant digits, whole numbers from 100 on."""
    if value >= 100:
        return f"{value:.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}"
