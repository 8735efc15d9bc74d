// SPDX-License-Identifier: Apache-2.0

// What a parked goroutine takes.

package main

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"time"
)

func parkedMemory() float64 {
	const tasks = 1_000_000
	before := residentBytes()
	never := make(chan int64)
	var arriving sync.WaitGroup
	task := func() {
		arriving.Done()
		receive(never)
	}
	arriving.Add(tasks)
	for range tasks {
		go task()
	}
	arriving.Wait()
	time.Sleep(50 * time.Millisecond) // for the last tasks to park
	return float64(residentBytes()-before) / tasks
}

//go:noinline
func receive(channel <-chan int64) int64 {
	return <-channel
}

// residentBytes returns the VmRSS of this process.
func residentBytes() int64 {
	status, err := os.ReadFile("/proc/self/status")
	must(err)
	_, field, found := bytes.Cut(status, []byte("VmRSS:"))
	if !found {
		fatalf("/proc/self/status has no VmRSS")
	}
	var kibibytes int64
	_, err = fmt.Fscanf(bytes.NewReader(field), "%d kB", &kibibytes)
	must(err)
	return kibibytes * 1024
}
