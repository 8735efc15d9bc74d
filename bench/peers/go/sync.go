// SPDX-License-Identifier: Apache-2.0

// A contended mutex, and many goroutines waiting for one event.

package main

import (
	"sync"
	"time"
)

func mutexContended() float64 {
	const tasks, pairsPerTask = 8, 1_000_000
	return timePerOp(tasks*pairsPerTask, func() {
		var mutex sync.Mutex
		var counter int64
		var running sync.WaitGroup
		for range tasks {
			running.Go(func() {
				for range pairsPerTask {
					mutex.Lock()
					counter++
					mutex.Unlock()
				}
			})
		}
		running.Wait()
		check("mutex_contended", counter, tasks*pairsPerTask)
	})
}

func waitGroupFanout() float64 {
	const tasks = 100_000
	var released time.Time
	elapsed := timeOf(func() {
		var arriving, running sync.WaitGroup
		event := make(chan struct{})
		task := func() {
			arriving.Done()
			<-event
			running.Done()
		}
		arriving.Add(tasks)
		running.Add(tasks)
		for range tasks {
			go task()
		}
		arriving.Wait()
		released = time.Now()
		close(event)
		running.Wait()
	})
	note("waitgroup_fanout, release and join only, ns/op", perOp(time.Since(released), tasks))
	return perOp(elapsed, tasks)
}
