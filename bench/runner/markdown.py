# SPDX-License-Identifier: Apache-2.0
"""The report as markdown: the table of medians, ratios and spreads, and where gofer is behind."""

from .figures import GO, OURS, behind, best_peer, cost_ratio, short, speed_up

TITLES = {"gofer": "gofer", "go": "Go", "tokio": "Tokio", "loom": "Loom", "fiber": "Boost.Fiber"}
SCALING = ("parallel_sha1", "skynet", "fib_forkjoin", "sieve")


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def cell_text(cell):
    if cell is None:
        return "-"
    spread = "" if cell.spread is None else f" ±{cell.spread * 50:.0f}%"
    return short(cell.median) + spread


def ratio_text(row, peer):
    if OURS not in row or peer not in row:
        return "-"
    return f"{cost_ratio(row[OURS], row[peer]):.2f}"


def figures_table(results, runtimes, names, workers):
    peers_ranked = [key for key in runtimes if key != OURS]
    header = [f"benchmark, P={workers}", "unit", *(TITLES[key] for key in runtimes)]
    has_ours = OURS in runtimes
    if has_ours and GO in runtimes:
        header.append("to Go")
    if has_ours and peers_ranked:
        header.append("to the best peer")
    rows = []
    for name, row in results.rows(workers, names):
        unit = next(iter(row.values())).unit
        line = [name, unit, *(cell_text(row.get(key)) for key in runtimes)]
        if has_ours and GO in runtimes:
            line.append(ratio_text(row, GO))
        if has_ours and peers_ranked:
            best = best_peer(row)
            line.append(f"{ratio_text(row, best)} ({TITLES[best]})" if best else "-")
        rows.append(line)
    return table(header, rows)


def behind_text(results, names):
    found = behind(results, names)
    if not any(OURS in row for row in results.cells.values()):
        return "gofer was not part of this run."
    if not found:
        return "Nowhere: no median of gofer is worse than Go's or the best peer's."
    lines = []
    for b in found:
        doubt = " (the ranges overlap)" if b.is_within_spread else ""
        lines.append(f"- {b.name}, P={b.workers}: {b.ratio:.2f} times {TITLES[b.peer]}{doubt}")
    return "\n".join(lines)


def scaling_table(results, runtimes, names):
    rows = []
    for name in [n for n in SCALING if n in names]:
        ratios = [speed_up(results, name, key) for key in runtimes]
        if any(ratios):
            rows.append([name, *(f"{r:.2f}" if r else "-" for r in ratios)])
    return table(["P=1 / P=2", *(TITLES[key] for key in runtimes)], rows) if rows else ""


def machine_lines(context):
    virtual = "virtual machine, " if context["virtual"] else ""
    lines = [
        f"- {context['cpu']}, {virtual}{context['num_cpus']} CPUs, {context['memory_gib']} GiB, "
        f"Linux {context['kernel']}",
        f"- {context['compiler']}",
        f"- commit {context['commit']}, {context['date']}, load {context['load_avg'][0]:.2f} "
        "at the start",
    ]
    if context.get("prefix"):
        lines.append(f"- each program started by `{context['prefix']}`")
    for key, version in context["versions"].items():
        lines.append(f"- {TITLES[key]} {version}")
    for key, why in context["left_out"].items():
        lines.append(f"- {TITLES[key]} left out: {why}")
    return lines


def note_lines(results):
    lines = []
    for (runtime, workers, text), values in sorted(results.notes.items()):
        median = sorted(values)[len(values) // 2]
        lines.append(f"- {TITLES[runtime]}, P={workers}: {text}: {short(median)}")
    return lines


def failure_lines(results):
    return [f"- **{TITLES[f.runtime]} {f.name}, P={f.workers}**: {f.what}"
            for f in results.failures]


HOW_TO_READ = (
    "Rounds: {rounds}, samples a process: {samples}. A value is the median of a process's samples, "
    "a figure the median of its values; "
    "± is half of the range over the rounds. A ratio is gofer's cost where the other's is 1: below "
    "1 gofer is ahead, for rates (kop/s) too."
)


def report(results, context, runtimes, names):
    parts = ["# gofer beside its peers", HOW_TO_READ.format(**context)]
    if results.failures:
        parts += ["## Failed", "\n".join(failure_lines(results))]
    parts += ["## Where gofer is behind", behind_text(results, names)]
    for workers in results.worker_counts():
        parts += [f"## P={workers}", figures_table(results, runtimes, names, workers)]
    scaling = scaling_table(results, runtimes, names)
    if scaling:
        parts += ["## Speed-up by the second worker", scaling]
    parts += ["## Machine and versions", "\n".join(machine_lines(context))]
    if results.notes:
        parts += ["## Secondary figures", "\n".join(note_lines(results))]
    return "\n\n".join(parts) + "\n"
