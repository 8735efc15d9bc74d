// SPDX-License-Identifier: Apache-2.0

// Command go is the Go program of the common benchmark set.
//
//	go build -o build/peers/go . && WORKERS=2 build/peers/go [name ...]
//
// It prints one line per figure, "name value unit": the median of the
// samples (SAMPLES, default 5) taken after one warm-up. WORKERS (default 2)
// sets GOMAXPROCS. Secondary figures go to standard error, on lines that start
// with '#'.
//
// Deviations from the common set, and readings of it where it leaves a choice:
//
//   - spawn_join adds the whole batch to the WaitGroup at once and starts one
//     hoisted func value, which allocates less than WaitGroup.Go does.
//   - yield lowers GOMAXPROCS to 1 for its own duration.
//   - sieve's clock stops at the 1,500th prime; the filters are taken down
//     after that, off the clock, instead of being leaked.
//   - waitgroup_fanout times the whole life of the tasks (start, park, release,
//     join). The part from the release on is printed as a secondary figure.
//   - sleep_many prints the whole wall time; take 100 off for the excess.
//   - timer_churn uses time.NewTimer, which since Go 1.23 stays out of the timer
//     heap until a goroutine blocks on its channel. time.AfterFunc, which does
//     enter the heap, is printed as a secondary figure.
//   - parked_memory takes each sample in a fresh process, without a warm-up:
//     Go keeps the stacks of ended goroutines, so later samples would see no
//     growth. All tasks park on one channel, and the process ends around them.
//   - tcp_echo has the clients in the same process; connecting is off the clock.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	defaultSamples = 5
	defaultWorkers = 2

	// onceFlag makes the program print a single sample of the benchmark that
	// follows it; isolated benchmarks start themselves this way.
	onceFlag = "--once"
)

const (
	nsPerOp      = "ns/op"
	ms           = "ms"
	kopPerSec    = "kop/s"
	bytesPerTask = "B/task"
)

type benchmark struct {
	name     string
	unit     string
	sample   func() float64 // runs the body once and returns the figure
	isolated bool           // each sample needs a process of its own
}

var benchmarks = []benchmark{
	{name: "spawn_join", unit: nsPerOp, sample: spawnJoin},
	{name: "spawn_chain", unit: nsPerOp, sample: spawnChain},
	{name: "skynet", unit: ms, sample: skynet},
	{name: "yield", unit: nsPerOp, sample: yield},
	{name: "chan_pingpong", unit: nsPerOp, sample: chanPingpong},
	{name: "chan_buffered", unit: nsPerOp, sample: chanBuffered},
	{name: "chan_mpmc", unit: nsPerOp, sample: chanMPMC},
	{name: "chan_fanin", unit: nsPerOp, sample: chanFanIn},
	{name: "select2", unit: nsPerOp, sample: select2},
	{name: "select_default", unit: nsPerOp, sample: selectDefault},
	{name: "ring", unit: nsPerOp, sample: ring},
	{name: "sieve", unit: ms, sample: sieve},
	{name: "mutex_contended", unit: nsPerOp, sample: mutexContended},
	{name: "waitgroup_fanout", unit: nsPerOp, sample: waitGroupFanout},
	{name: "sleep_many", unit: ms, sample: sleepMany},
	{name: "timer_churn", unit: nsPerOp, sample: timerChurn},
	{name: "parked_memory", unit: bytesPerTask, sample: parkedMemory, isolated: true},
	{name: "fib_forkjoin", unit: ms, sample: fibForkJoin},
	{name: "parallel_sha1", unit: ms, sample: parallelSHA1},
	{name: "tcp_echo", unit: kopPerSec, sample: tcpEcho},
}

func main() {
	runtime.GOMAXPROCS(numberFromEnv("WORKERS", defaultWorkers))

	args := os.Args[1:]
	if len(args) == 2 && args[0] == onceFlag {
		fmt.Println(find(args[1]).sample())
		return
	}
	for _, b := range selectBenchmarks(args) {
		fmt.Printf("%s %.1f %s\n", b.name, b.measure(), b.unit)
		flushNotes()
	}
}

func numberFromEnv(variable string, otherwise int) int {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 {
		fatalf("%s must be a positive number, not %q", variable, text)
	}
	return number
}

// selectBenchmarks returns the named benchmarks, or all if none is named.
func selectBenchmarks(names []string) []benchmark {
	if len(names) == 0 {
		return benchmarks
	}
	var selected []benchmark
	for _, name := range names {
		selected = append(selected, find(name))
	}
	return selected
}

func find(name string) benchmark {
	for _, b := range benchmarks {
		if b.name == name {
			return b
		}
	}
	fatalf("no benchmark is called %q", name)
	panic("unreachable")
}

// measure returns the median of the samples.
func (b benchmark) measure() float64 {
	sample := b.sample
	if b.isolated {
		sample = b.sampleInChild
	} else {
		runtime.GC() // start without the garbage of the benchmark before
		sample()     // warm up
		clear(notes)
	}
	return median(numberFromEnv("SAMPLES", defaultSamples), sample)
}

func (b benchmark) sampleInChild() float64 {
	self, err := os.Executable()
	must(err)
	child := exec.Command(self, onceFlag, b.name)
	child.Stderr = os.Stderr
	output, err := child.Output()
	must(err)
	value, err := strconv.ParseFloat(strings.TrimSpace(string(output)), 64)
	must(err)
	return value
}

func median(count int, sample func() float64) float64 {
	values := make([]float64, count)
	for i := range values {
		values[i] = sample()
	}
	return middle(values)
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// notes holds the samples of secondary figures, by description.
var notes = map[string][]float64{}

func note(description string, value float64) {
	notes[description] = append(notes[description], value)
}

// flushNotes prints the median of each secondary figure.
func flushNotes() {
	for description, values := range notes {
		fmt.Fprintf(os.Stderr, "# %s: %.1f\n", description, middle(values))
	}
	clear(notes)
}

// timePerOp returns the nanoseconds that each of ops operations took.
func timePerOp(ops int, body func()) float64 {
	return perOp(timeOf(body), ops)
}

func perOp(elapsed time.Duration, ops int) float64 {
	return float64(elapsed.Nanoseconds()) / float64(ops)
}

func timeOf(body func()) time.Duration {
	start := time.Now()
	body()
	return time.Since(start)
}

func milliseconds(elapsed time.Duration) float64 {
	return elapsed.Seconds() * 1e3
}

// check stops the program if a benchmark computed a wrong result.
func check(what string, got, want int64) {
	if got != want {
		fatalf("%s: got %d, want %d", what, got, want)
	}
}

func must(err error) {
	if err != nil {
		fatalf("%v", err)
	}
}

func fatalf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}
