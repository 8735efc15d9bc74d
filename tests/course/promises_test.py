#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows every promise right outputs, which it must accept, and wrong ones, which it must refuse."""
import hashlib
import string
import unittest

import promises

LOWER = list(string.ascii_lowercase) * 3
UPPER = list(string.ascii_uppercase) * 3
START, WAITING, TERMINATING = promises.PHRASES


def zipped(one, other):
    return [item for pair in zip(one, other) for item in pair]


def swapped(items, place):
    return items[:place] + [items[place + 1], items[place]] + items[place + 2:]


class Letters(unittest.TestCase):
    def accepts(self, items):
        self.assertEqual(promises.letters(" ".join(items) + "\n"), [])

    def refuses(self, items):
        self.assertNotEqual(promises.letters(" ".join(items) + "\n"), [])

    def test_any_interleaving_is_right(self):
        self.accepts(LOWER + UPPER)
        self.accepts(UPPER + LOWER)
        self.accepts(zipped(LOWER, UPPER))

    def test_a_missing_a_doubled_and_a_swapped_letter_are_wrong(self):
        self.refuses(LOWER[:-1] + UPPER)
        self.refuses(LOWER + UPPER + ["Z"])
        self.refuses(swapped(LOWER, 30) + UPPER)

    def test_torn_output_and_silence_are_wrong(self):
        self.refuses(["aA", *LOWER[1:], *UPPER[1:]])
        self.refuses([])


def sums(label, numbers=range(1, promises.SUMS + 1)):
    return [f"{label}: {n:05}: {hashlib.sha1(str(n).encode()).hexdigest()}" for n in numbers]


class Sha1Lines(unittest.TestCase):
    def setUp(self):
        self.a, self.b = sums("A"), sums("B")

    def accepts(self, lines):
        self.assertEqual(promises.sha1_lines("\n".join(lines) + "\n"), [])

    def refuses(self, lines):
        self.assertNotEqual(promises.sha1_lines("\n".join(lines) + "\n"), [])

    def test_any_interleaving_is_right(self):
        self.accepts(self.a + self.b)
        self.accepts(zipped(self.b, self.a))

    def test_a_wrong_sum_is_wrong(self):
        digit = "0" if self.a[7][-1] != "0" else "1"
        self.refuses(self.a[:7] + [self.a[7][:-1] + digit] + self.a[8:] + self.b)

    def test_missing_swapped_and_torn_lines_are_wrong(self):
        self.refuses(self.a[:-1] + self.b)
        self.refuses(swapped(self.a, 100) + self.b)
        self.refuses(self.a[:-1] + [self.a[-1] + self.b[0]] + self.b[1:])


class Counting(unittest.TestCase):
    up = [f"[A:{n}]" for n in range(101)]
    down = [f"[B:{n}]" for n in range(100, -1, -1)]

    def accepts(self, lines):
        self.assertEqual(promises.counting("\n".join(lines) + "\n"), [])

    def refuses(self, lines):
        self.assertNotEqual(promises.counting("\n".join(lines) + "\n"), [])

    def test_any_interleaving_is_right(self):
        self.accepts([START, WAITING, *self.up, *self.down, TERMINATING])
        self.accepts([START, *self.down, WAITING, *self.up, TERMINATING])
        self.accepts([START, *zipped(self.up, self.down), WAITING, TERMINATING])

    def test_a_main_goroutine_that_does_not_wait_is_wrong(self):
        self.refuses([START, WAITING, *self.up, TERMINATING, *self.down])
        self.refuses([START, WAITING, TERMINATING])

    def test_numbers_before_the_start_are_wrong(self):
        self.refuses([*self.up[:1], START, WAITING, *self.up[1:], *self.down, TERMINATING])

    def test_missing_swapped_and_mislabelled_numbers_are_wrong(self):
        self.refuses([START, WAITING, *self.up[1:], *self.down, TERMINATING])
        self.refuses([START, WAITING, *swapped(self.up, 5), *self.down, TERMINATING])
        self.refuses([START, WAITING, "[C:0]", *self.up[1:], *self.down, TERMINATING])

    def test_sentences_in_the_wrong_order_are_wrong(self):
        self.refuses([START, *self.up, *self.down, TERMINATING, WAITING, TERMINATING])


class Phrases(unittest.TestCase):
    def test_only_the_three_sentences_are_right(self):
        self.assertEqual(promises.phrases(f"{START}\n{WAITING}\n{TERMINATING}\n"), [])
        self.assertNotEqual(promises.phrases(f"{START}\n{TERMINATING}\n"), [])
        self.assertNotEqual(promises.phrases(f"{START}\n{WAITING}\n[A:0]\n{TERMINATING}\n"), [])
        self.assertNotEqual(promises.phrases(""), [])


if __name__ == "__main__":
    unittest.main()
