#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the report of bench/run: its statistics, its tables, its page, its file."""

import html.parser
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from runner import figures, markdown, page, raw, runtimes  # noqa: E402
from runner.figures import Cell, Failure, Results  # noqa: E402

ORDER = ["gofer", "go", "tokio", "loom", "fiber"]


def results_of(*rows):
    """Each row: name, workers, unit, {runtime: values}."""
    results = Results()
    for name, workers, unit, values in rows:
        for runtime, each in values.items():
            for value in each:
                results.add(name, workers, runtime, value, unit)
    return results


def context_of(**changes):
    return {
        "date": "2026-01-02T03:04:05+0000", "host_name": "h", "num_cpus": 2, "cpu": "A <CPU> & Co",
        "virtual": True, "memory_gib": 8.0, "kernel": "6.18", "load_avg": [0.1, 0.1, 0.1],
        "compiler": "g++ 12", "commit": "abc", "library_build_type": "release",
        "versions": {"gofer": "0.1.0", "go": "1.26"}, "left_out": {}, "rounds": 3, "samples": 5,
        "names": ["yield"], **changes,
    }


class CellStatistics(unittest.TestCase):
    def test_the_median_of_an_odd_number_is_the_middle_one(self):
        self.assertEqual(Cell("ms", [9.0, 1.0, 4.0]).median, 4.0)

    def test_the_median_of_an_even_number_is_the_mean_of_the_two_in_the_middle(self):
        self.assertEqual(Cell("ms", [1.0, 2.0, 4.0, 100.0]).median, 3.0)

    def test_the_spread_is_the_range_over_the_median(self):
        self.assertEqual(Cell("ms", [90.0, 100.0, 120.0]).spread, 0.3)

    def test_one_round_has_no_spread(self):
        self.assertIsNone(Cell("ms", [90.0]).spread)


class Ratios(unittest.TestCase):
    def test_a_cost_ratio_below_one_is_ahead(self):
        self.assertEqual(figures.cost_ratio(Cell("ns/op", [25.0]), Cell("ns/op", [100.0])), 0.25)

    def test_a_higher_rate_is_ahead_too(self):
        self.assertEqual(figures.cost_ratio(Cell("kop/s", [100.0]), Cell("kop/s", [50.0])), 0.5)

    def test_different_units_are_refused(self):
        with self.assertRaises(ValueError):
            figures.cost_ratio(Cell("ms", [1.0]), Cell("ns/op", [1.0]))

    def test_the_best_peer_is_the_one_with_the_least_cost_and_never_ours(self):
        row = results_of(("yield", 1, "ns/op", {"gofer": [1], "go": [9], "fiber": [5]}))
        self.assertEqual(figures.best_peer(row.row("yield", 1)), "fiber")

    def test_the_best_peer_of_a_rate_has_the_highest(self):
        row = results_of(("tcp_echo", 1, "kop/s", {"gofer": [99], "go": [40], "tokio": [50]}))
        self.assertEqual(figures.best_peer(row.row("tcp_echo", 1)), "tokio")

    def test_without_peers_there_is_no_best_one(self):
        self.assertIsNone(figures.best_peer({"gofer": Cell("ms", [1.0])}))

    def test_the_speed_up_is_one_workers_time_over_two_workers(self):
        results = results_of(("skynet", 1, "ms", {"go": [100]}), ("skynet", 2, "ms", {"go": [50]}))
        self.assertEqual(figures.speed_up(results, "skynet", "go"), 2.0)
        self.assertIsNone(figures.speed_up(results, "skynet", "gofer"))


class Behind(unittest.TestCase):
    def test_what_is_ahead_everywhere_is_not_listed(self):
        results = results_of(("yield", 1, "ns/op", {"gofer": [5], "go": [9], "fiber": [6]}))
        self.assertEqual(figures.behind(results, ["yield"]), [])

    def test_a_better_peer_is_named_with_its_ratio_and_go_only_if_it_is_better_too(self):
        values = {"gofer": [8, 8], "go": [9, 9], "fiber": [4, 4]}
        results = results_of(("yield", 1, "ns/op", values))
        (found,) = figures.behind(results, ["yield"])
        self.assertEqual((found.peer, found.ratio, found.is_within_spread), ("fiber", 2.0, False))

    def test_go_is_listed_beside_the_best_peer_and_the_worst_ratio_first(self):
        results = results_of(("yield", 2, "ns/op", {"gofer": [12], "go": [6], "fiber": [3]}))
        self.assertEqual([(b.peer, b.ratio) for b in figures.behind(results, ["yield"])],
                         [("fiber", 4.0), ("go", 2.0)])

    def test_go_is_listed_once_where_it_is_the_best_peer(self):
        results = results_of(("yield", 2, "ns/op", {"gofer": [12], "go": [6]}))
        self.assertEqual(len(figures.behind(results, ["yield"])), 1)

    def test_ranges_that_touch_are_marked(self):
        results = results_of(("yield", 1, "ns/op", {"gofer": [8, 10, 12], "go": [9, 9, 9]}))
        (found,) = figures.behind(results, ["yield"])
        self.assertTrue(found.is_within_spread)

    def test_a_lower_rate_is_behind(self):
        results = results_of(("tcp_echo", 1, "kop/s", {"gofer": [40], "go": [50]}))
        (found,) = figures.behind(results, ["tcp_echo"])
        self.assertEqual(found.ratio, 1.25)


class Output(unittest.TestCase):
    def test_figures_are_the_lines_of_three_words_with_a_number_in_the_middle(self):
        text = "yield 12.5 ns/op\nnoise\nfigure not-a-number ms\nskynet 9 ms\n"
        self.assertEqual(figures.parse_output(text),
                         [("yield", 12.5, "ns/op"), ("skynet", 9.0, "ms")])

    def test_notes_keep_colons_in_their_description(self):
        self.assertEqual(figures.parse_notes("# a: b, B/task: 4.5\nwarning: 3\n# no value\n"),
                         [("a: b, B/task", 4.5)])

    def test_three_digits_are_shown(self):
        self.assertEqual([figures.short(v) for v in (1234.5, 99.94, 5.678)],
                         ["1234", "99.9", "5.68"])


class Markdown(unittest.TestCase):
    def setUp(self):
        self.results = results_of(
            ("yield", 1, "ns/op", {"gofer": [8, 8, 10], "go": [16, 16, 16], "fiber": [4, 4, 4]}),
            ("skynet", 1, "ms", {"gofer": [50, 50, 50], "go": [100, 100, 100]}),
        )

    def report(self, **changes):
        return markdown.report(self.results, context_of(**changes), ["gofer", "go", "fiber"],
                               runtimes.NAMES)

    def test_a_row_has_medians_spread_and_both_ratios(self):
        self.assertIn("| yield | ns/op | 8.00 ±12% | 16.0 ±0% | 4.00 ±0% | 0.50 | "
                      "2.00 (Boost.Fiber) |", self.report())

    def test_what_was_not_measured_is_a_dash(self):
        self.assertIn("| skynet | ms | 50.0 ±0% | 100 ±0% | - | 0.50 | 0.50 (Go) |", self.report())

    def test_it_says_where_gofer_is_behind(self):
        self.assertIn("- yield, P=1: 2.00 times Boost.Fiber", self.report())

    def test_it_says_that_gofer_is_behind_nowhere(self):
        self.results = results_of(("yield", 1, "ns/op", {"gofer": [5], "go": [9]}))
        self.assertIn("Nowhere:", self.report())

    def test_it_names_what_was_left_out_and_what_failed(self):
        self.results.failures.append(Failure("loom", "ring", 2, "hung"))
        text = self.report(left_out={"tokio": "there is no cargo here"})
        self.assertIn("- Tokio left out: there is no cargo here", text)
        self.assertIn("- **Loom ring, P=2**: hung", text)


class TextOfPage(html.parser.HTMLParser):
    VOID = {"meta", "br"}

    def __init__(self, text):
        super().__init__()
        self.open, self.words, self.counts = [], [], {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.counts[tag] = self.counts.get(tag, 0) + 1

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise ValueError(f"</{tag}> closes nothing")

    def handle_data(self, data):
        self.words.append(data)


class Page(unittest.TestCase):
    def page(self):
        results = results_of(
            ("yield", 1, "ns/op", {"gofer": [8, 9], "go": [16, 17], "fiber": [4, 5]}),
            ("yield", 2, "ns/op", {"gofer": [8, 9], "go": [16, 17]}),
            ("tcp_echo", 2, "kop/s", {"gofer": [80, 90], "go": [40, 45]}),
        )
        return page.page(results, context_of(), ["gofer", "go", "fiber"], runtimes.NAMES)

    def test_every_tag_is_closed_and_every_measured_cell_has_its_dot(self):
        parsed = TextOfPage(self.page())
        self.assertEqual(parsed.open, [])
        self.assertEqual(parsed.counts["svg"], 2)
        self.assertEqual(parsed.counts["circle"], 7)

    def test_it_loads_nothing(self):
        self.assertIsNone(re.search(r"https?:|src=|@import|url\(|<script", self.page()))

    def test_text_from_outside_is_escaped(self):
        self.assertIn("A &lt;CPU&gt; &amp; Co", self.page())

    def test_the_scale_puts_one_between_a_half_and_two(self):
        scale = page.Scale([1.0])
        self.assertEqual(scale.ticks(), [0.5, 1.0, 2.0])
        self.assertEqual(scale.x(1.0), (page.PLOT_X + page.PLOT_END) / 2)

    def test_a_rate_is_shown_as_a_cost(self):
        self.assertEqual(page.relative(40.0, 80.0, "kop/s"), 2.0)
        self.assertEqual(page.relative(40.0, 80.0, "ms"), 0.5)


class RawResults(unittest.TestCase):
    def test_they_come_back_from_the_file_as_they_were(self):
        results = results_of(
            ("yield", 1, "ns/op", {"gofer": [8, 9], "go": [16, 17]}),
            ("parked_memory", 2, "B/task", {"gofer": [4096.0]}),
        )
        results.add_note("gofer", 2, "parked_memory, page tables, B/task", 513.0)
        results.failures.append(Failure("loom", "ring", 2, "hung"))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "deeper" / "results.json"
            raw.write(file, results, context_of())
            read, context = raw.read(file)
        self.assertEqual(read.cells, results.cells)
        self.assertEqual(read.notes, results.notes)
        self.assertEqual(read.failures, results.failures)
        self.assertEqual(context, context_of())

    def test_a_time_has_google_benchmarks_fields(self):
        entry = raw.to_json(results_of(("skynet", 2, "ms", {"go": [5.0]})), {})["benchmarks"][0]
        self.assertEqual((entry["name"], entry["run_type"], entry["real_time"], entry["time_unit"]),
                         ("go/skynet/P:2", "iteration", 5.0, "ms"))


def is_running(pid):
    """Whether the process is there and no zombie."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] not in "XZ"


class Programs(unittest.TestCase):
    def runtime(self, script):
        return runtimes.Runtime("x", "X", ["sh", "-c", script, "sh"], "1")

    def test_a_program_is_told_the_workers_the_samples_and_the_name(self):
        script = 'echo "$1 $WORKERS$SAMPLES ms"; echo "# n: 1" >&2'
        out, err = self.runtime(script).run("ring", 2, 7)
        self.assertEqual(figures.parse_output(out), [("ring", 27.0, "ms")])
        self.assertEqual(figures.parse_notes(err), [("n", 1.0)])

    def test_a_program_is_started_by_the_prefix(self):
        out, _ = self.runtime('echo "$1 $ADDED ms"').run("ring", 2, 7, ["env", "ADDED=5"])
        self.assertEqual(figures.parse_output(out), [("ring", 5.0, "ms")])

    def test_a_crash_is_reported_with_its_signal(self):
        with self.assertRaisesRegex(runtimes.Failed, "killed by SIGABRT"):
            self.runtime("kill -ABRT $$").run("ring", 1, 1)

    def test_an_exit_code_is_reported_with_what_was_said(self):
        with self.assertRaisesRegex(runtimes.Failed, "exit code 3: it broke"):
            self.runtime("echo it broke >&2; exit 3").run("ring", 1, 1)

    def test_a_program_that_hangs_is_killed_with_its_children(self):
        limit, runtimes.PROCESS_SECONDS_MAX = runtimes.PROCESS_SECONDS_MAX, 0.5
        self.addCleanup(setattr, runtimes, "PROCESS_SECONDS_MAX", limit)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "pid"
            with self.assertRaisesRegex(runtimes.Failed, "hung"):
                self.runtime(f"sleep 1000 & echo $! >{file}; wait").run("ring", 1, 1)
            child = int(file.read_text())
        self.assertFalse(is_running(child))

    def test_a_runtime_without_its_toolchain_is_left_out_with_advice(self):
        said = []
        path = os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", path)
        with tempfile.TemporaryDirectory() as folder:
            os.environ["PATH"] = folder
            made, missing = runtimes.make_all(
                ["go"], runtimes.Places(HERE.parent, Path(folder)), said.append)
        self.assertEqual(made, [])
        self.assertRegex(missing["go"], "there is no go here: .*go.dev")
        self.assertIn("left out: go", said[-1])


class CommandLine(unittest.TestCase):
    def run_it(self, *arguments):
        return subprocess.run([sys.executable, HERE / "run", *arguments], capture_output=True,
                              text=True)

    def test_unknown_names_are_refused(self):
        for arguments in (["nonsense"], ["--only", "nonsense"], ["--workers", "0"]):
            done = self.run_it(*arguments)
            self.assertEqual(done.returncode, 2, arguments)

    def test_the_reports_of_a_file_can_be_written_again(self):
        results = results_of(("yield", 1, "ns/op", {"gofer": [8.0, 9.0], "go": [16.0, 17.0]}))
        with tempfile.TemporaryDirectory() as folder:
            raw.write(Path(folder) / "r.json", results, context_of())
            done = self.run_it("--again", f"{folder}/r.json", "--out", folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            row = "| yield | ns/op | 8.50 ±6% | 16.5 ±3% | 0.52 | 0.52 (Go) |"
            self.assertIn(row, done.stdout)
            written = Path(folder, "report.md").read_text()
            self.assertEqual(written.rstrip("\n"), done.stdout.rstrip("\n"))
            self.assertIn("<svg", Path(folder, "report.html").read_text())


if __name__ == "__main__":
    unittest.main()
