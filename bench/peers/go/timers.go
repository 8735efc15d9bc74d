// SPDX-License-Identifier: Apache-2.0

// Sleeping goroutines, and timers that are stopped.

package main

import (
	"sync"
	"time"
)

func sleepMany() float64 {
	const tasks = 100_000
	elapsed := timeOf(func() {
		var running sync.WaitGroup
		task := func() {
			time.Sleep(100 * time.Millisecond)
			running.Done()
		}
		running.Add(tasks)
		for range tasks {
			go task()
		}
		running.Wait()
	})
	return milliseconds(elapsed)
}

func timerChurn() float64 {
	const timers, callbackTimers = 1_000_000, 250_000
	neverFires := func() { fatalf("a stopped timer fired") }
	note("timer_churn, with time.AfterFunc, ns/op", timePerOp(callbackTimers, func() {
		for range callbackTimers {
			time.AfterFunc(time.Second, neverFires).Stop()
		}
	}))
	return timePerOp(timers, func() {
		for range timers {
			time.NewTimer(time.Second).Stop()
		}
	})
}
