# SPDX-License-Identifier: Apache-2.0
"""The report as one self-contained page: a dot plot per number of workers, and the tables."""

import html
import math

from .figures import GO, OURS, RATES, behind, best_peer, cost_ratio, short
from .markdown import HOW_TO_READ, TITLES, failure_lines, machine_lines, note_lines

# Columns of the plot, in the units of its view box.
NAME_X, LABEL_X, PLOT_X, PLOT_END, VALUE_X, COST_X, WIDTH = 8, 232, 244, 772, 862, 944, 960
ROW, GAP, TOP = 16, 12, 34

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #ffffff;
  --line: #d6dbe1; --band: #f5f7f9; --ours: #b3420a; --go: #0b6fae; --tokio: #8a3fa8;
  --loom: #8f6a00; --fiber: #14775a; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf1; --soft: #9aa5b1; --paper: #14181d;
  --line: #343c46; --band: #1b2128; --ours: #ff9a5c; --go: #66b8ee; --tokio: #d79bf0;
  --loom: #e3bd4f; --fiber: #5fd0a8; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1040px; padding: 24px 20px 64px; background: var(--paper);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; margin: 0 0 8px; } h2 { font-size: 19px; margin: 36px 0 8px; }
p { max-width: 72ch; } .soft { color: var(--soft); } .bad { color: var(--bad); }
.scroll { overflow-x: auto; } svg { width: 100%; min-width: 720px; height: auto; display: block; }
svg text { font: 11.5px system-ui, sans-serif; fill: var(--ink); } svg .soft { fill: var(--soft); }
svg .name { font-weight: 600; font-size: 13px; } svg .band { fill: var(--band); }
svg .grid { stroke: var(--line); } svg .one { stroke: var(--ours); stroke-dasharray: 3 3; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { padding: 3px 10px; text-align: right; border-bottom: 1px solid var(--line);
  white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
td.behind { color: var(--bad); font-weight: 600; }
"""


def colour(key):
    return f"var(--{'ours' if key == OURS else key})"


def escape(text):
    return html.escape(str(text))


def relative(value, base, unit):
    """The cost of `value` where `base` costs 1."""
    return base / value if unit in RATES else value / base


class Scale:
    """A logarithmic axis of costs, from one power of two to another, around 1."""

    def __init__(self, costs):
        costs = [c for c in costs if c > 0] + [0.5, 2.0]
        self.first = math.floor(math.log2(min(costs)))
        self.last = math.ceil(math.log2(max(costs)))

    def x(self, cost):
        share = (math.log2(cost) - self.first) / (self.last - self.first)
        return PLOT_X + share * (PLOT_END - PLOT_X)

    def ticks(self):
        return [2.0**power for power in range(self.first, self.last + 1)]


def tick_text(tick):
    return f"{tick:.0f}×" if tick >= 1 else f"1/{1 / tick:.0f}"


def base_of(row):
    """The runtime that the others are shown relative to."""
    return next((key for key in (OURS, GO) if key in row), next(iter(row)))


def marks(row, key, scale, y):
    """The dot, the range over the rounds and the words of one runtime."""
    cell, base = row[key], row[base_of(row)].median
    cost = relative(cell.median, base, cell.unit)
    ends = sorted(scale.x(relative(v, base, cell.unit)) for v in (cell.low, cell.high))
    ink = colour(key)
    title = (f"{TITLES[key]}: median {short(cell.median)} {cell.unit}, "
             f"from {short(cell.low)} to {short(cell.high)}, {len(cell.values)} rounds")
    weight = ";font-weight:600" if key == OURS else ""
    return (
        f'<g><title>{escape(title)}</title>'
        f'<text x="{LABEL_X}" y="{y + 4}" text-anchor="end" style="fill:{ink}{weight}">'
        f"{TITLES[key]}</text>"
        f'<line x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{y}" y2="{y}" '
        f'style="stroke:{ink};stroke-width:3;stroke-opacity:.45"/>'
        f'<circle cx="{scale.x(cost):.1f}" cy="{y}" r="4.5" style="fill:{ink}"/>'
        f'<text x="{VALUE_X}" y="{y + 4}" text-anchor="end" style="{weight[1:]}">'
        f"{short(cell.median)} {escape(cell.unit)}</text>"
        f'<text class="soft" x="{COST_X}" y="{y + 4}" text-anchor="end">{cost:.2f}×</text></g>'
    )


def plot(results, runtimes, names, workers):
    rows = results.rows(workers, names)
    costs = [relative(v, row[base_of(row)].median, cell.unit)
             for _, row in rows for cell in row.values() for v in (cell.low, cell.high) if v > 0]
    scale = Scale(costs)
    body, y = [], TOP
    for index, (name, row) in enumerate(rows):
        keys = [key for key in runtimes if key in row]
        height = ROW * len(keys) + GAP
        if index % 2 == 0:
            body.append(f'<rect class="band" x="0" y="{y}" width="{WIDTH}" height="{height}"/>')
        body.append(f'<text class="name" x="{NAME_X}" y="{y + 20}">{name}</text>')
        body += [marks(row, key, scale, y + GAP / 2 + ROW * (i + 0.5))
                 for i, key in enumerate(keys)]
        y += height
    grid = []
    for tick in scale.ticks():
        x = scale.x(tick)
        kind = "one" if tick == 1 else "grid"
        grid.append(f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{y}"/>')
        grid.append(f'<text class="soft" x="{x:.1f}" y="{TOP - 12}" text-anchor="middle">'
                    f"{tick_text(tick)}</text>")
    bands = [part for part in body if part.startswith("<rect")]
    rest = [part for part in body if not part.startswith("<rect")]
    return (f'<div class="scroll"><svg viewBox="0 0 {WIDTH} {y + 8}" role="img" '
            f'aria-label="Cost relative to gofer with {workers} workers">'
            + "".join(bands + grid + rest) + "</svg></div>")


def ratio_cell(row, peer):
    if OURS not in row or peer not in row:
        return "<td>-</td>"
    ratio = cost_ratio(row[OURS], row[peer])
    kind = ' class="behind"' if ratio > 1 else ""
    return f"<td{kind}>{ratio:.2f}</td>"


def ratios_table(results, runtimes, names, workers):
    peers = [key for key in runtimes if key != OURS]
    head = "".join(f"<th>to {TITLES[key]}</th>" for key in peers)
    lines = [f"<tr><th>benchmark</th>{head}<th>best peer</th></tr>"]
    for name, row in results.rows(workers, names):
        best = best_peer(row)
        cells = "".join(ratio_cell(row, key) for key in peers)
        lines.append(f"<tr><td>{name}</td>{cells}<td>{TITLES[best] if best else '-'}</td></tr>")
    return f'<div class="scroll"><table>{"".join(lines)}</table></div>'


def list_of(lines, kind=""):
    items = "".join(f"<li>{escape(line.removeprefix('- ').replace('**', ''))}</li>"
                    for line in lines)
    return f'<ul class="{kind}">{items}</ul>'


def behind_section(results, names):
    found = behind(results, names)
    if not found:
        return "<p>No median of gofer is worse than Go's or the best peer's in this run.</p>"
    return list_of([f"{b.name}, P={b.workers}: {b.ratio:.2f} times {TITLES[b.peer]}"
                    + (" (the ranges overlap)" if b.is_within_spread else "") for b in found])


def page(results, context, runtimes, names):
    parts = ["<h1>gofer beside its peers</h1>",
             f'<p class="soft">{escape(HOW_TO_READ.format(**context))}</p>']
    if results.failures:
        parts += ["<h2>Failed</h2>", list_of(failure_lines(results), "bad")]
    parts += ["<h2>Where gofer is behind</h2>", behind_section(results, names)]
    for workers in results.worker_counts():
        parts += [
            f"<h2>Cost with {workers} worker{'s' if workers > 1 else ''}</h2>",
            '<p class="soft">Relative to gofer, on a logarithmic axis: to the right is dearer. '
            "Dot: median. Bar: the range over the rounds.</p>",
            plot(results, runtimes, names, workers),
            "<h2>Ratios</h2>" if workers == 1 else "",
            ratios_table(results, runtimes, names, workers),
        ]
    parts += ["<h2>Machine and versions</h2>", list_of(machine_lines(context))]
    if results.notes:
        parts += ["<h2>Secondary figures</h2>", list_of(note_lines(results))]
    return ("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>gofer beside its peers</title><style>{STYLE}</style></head><body>"
            + "\n".join(parts) + "</body></html>\n")
