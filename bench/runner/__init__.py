# SPDX-License-Identifier: Apache-2.0
"""The parts of bench/run: what runs, on what machine, and what is made of the figures."""
