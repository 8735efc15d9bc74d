// SPDX-License-Identifier: Apache-2.0

// Starting goroutines, chains and trees of them, and yielding between two.

package main

import (
	"runtime"
	"sync"
)

func spawnJoin() float64 {
	const batches, batchSize = 1_000, 1_000
	var running sync.WaitGroup
	task := func() { running.Done() }
	return timePerOp(batches*batchSize, func() {
		for range batches {
			running.Add(batchSize)
			for range batchSize {
				go task()
			}
			running.Wait()
		}
	})
}

func spawnChain() float64 {
	const length = 1_000_000
	return timePerOp(length, func() {
		ended := make(chan struct{})
		go link(length-1, ended)
		<-ended
	})
}

// link spawns its successor, unless it is the last of the chain.
func link(successors int, ended chan<- struct{}) {
	if successors == 0 {
		close(ended)
		return
	}
	go link(successors-1, ended)
}

func skynet() float64 {
	const leaves = 1_000_000
	sums := make(chan int64, 1)
	elapsed := timeOf(func() {
		go skynetNode(sums, 0, leaves)
		check("skynet", <-sums, leaves*(leaves-1)/2)
	})
	return milliseconds(elapsed)
}

// skynetNode sends its parent the sum of the numbers of its leaves.
func skynetNode(parent chan<- int64, first, leaves int64) {
	const branching = 10
	if leaves == 1 {
		parent <- first
		return
	}
	sums := make(chan int64, branching)
	childLeaves := leaves / branching
	for child := range int64(branching) {
		go skynetNode(sums, first+child*childLeaves, childLeaves)
	}
	var sum int64
	for range branching {
		sum += <-sums
	}
	parent <- sum
}

func yield() float64 {
	const tasks, yieldsPerTask = 2, 1_000_000
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	return timePerOp(tasks*yieldsPerTask, func() {
		var running sync.WaitGroup
		for range tasks {
			running.Go(func() {
				for range yieldsPerTask {
					runtime.Gosched()
				}
			})
		}
		running.Wait()
	})
}

func fibForkJoin() float64 {
	const n, want = 27, 196_418
	elapsed := timeOf(func() { check("fib", fib(n), want) })
	return milliseconds(elapsed)
}

func fib(n int) int64 {
	if n <= 1 {
		return int64(n)
	}
	forked := make(chan int64, 1)
	go func() { forked <- fib(n - 1) }()
	inline := fib(n - 2)
	return <-forked + inline
}
