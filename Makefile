# SPDX-License-Identifier: Apache-2.0
#
# The commands of everyday work. Each installs what it lacks and can be typed in a fresh clone.
.DEFAULT_GOAL := help
.PHONY: help run test bench format lint clean

JOBS ?= $(shell nproc)
PRESET ?= release
CMAKE_ARGS ?=
BUILD := build/$(PRESET)

help: ## Print this list.
	@echo 'gofer: goroutines and channels for C++20. Targets:'
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 16
	@echo 'Variables:'
	@echo '  P=course/goroutines/example1/example1.cpp   (run) this program only'
	@echo '  ARGS="..."                                  (run) arguments of that program'
	@echo '  PRESET=asan-ubsan                           (test) another preset: see CMakePresets.json'
	@echo '  TESTS=<regex>                               (test) only tests with such a name'
	@echo '  QUICK=1, BENCH_ARGS="..."                   (bench) a short run; arguments of bench/run'
	@echo '  JOBS=2                                      parallel jobs; default: all CPUs'

run: ## Build and run the course's programs, or with P=<file.cpp> one program.
	@tools/setup run
	@tools/run_programs --jobs $(JOBS) $(if $(P),--program $(P) -- $(ARGS))

test: ## Build everything and run all tests.
	@tools/setup run test
	cmake --preset $(PRESET) $(CMAKE_ARGS)
	cmake --build $(BUILD) -j $(JOBS)
	ctest --test-dir $(BUILD) -j $(JOBS) --output-on-failure --no-tests=error \
	    --output-junit junit.xml $(if $(TESTS),-R '$(TESTS)')

bench: ## Build and run the benchmarks, the peers' beside ours where their tools are installed.
	@tools/setup run test
	bench/run $(if $(QUICK),--quick) $(BENCH_ARGS)

format: ## Put all C++ files into the house format.
	@tools/setup lint
	tools/format

lint: ## Check format, the project's own lints, every header alone, and clang-tidy.
	@tools/setup run test lint
	tools/format --check
	tools/tidy --self-test
	tools/tidy
	cmake --preset clang $(CMAKE_ARGS)
	cmake --build build/clang -j $(JOBS) --target header_check
	tools/clang_tidy build/clang -j $(JOBS)

clean: ## Remove all that was built.
	rm -rf build
