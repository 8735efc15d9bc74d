// SPDX-License-Identifier: Apache-2.0

// Channels between goroutines: rendezvous, buffered, select, in rings and in chains.

package main

import (
	"sync"
	"sync/atomic"
)

func chanPingpong() float64 {
	const roundTrips = 1_000_000
	pings, pongs := make(chan int64), make(chan int64)
	go func() {
		for value := range pings {
			pongs <- value
		}
	}()
	defer close(pings)
	return timePerOp(roundTrips, func() {
		for i := range int64(roundTrips) {
			pings <- i
			<-pongs
		}
	})
}

func chanBuffered() float64 {
	return transfer(1, 1, 6_000_000, 128)
}

func chanMPMC() float64 {
	return transfer(8, 8, 3_200_000, 128)
}

func chanFanIn() float64 {
	return transfer(100, 1, 1_500_000, 0)
}

// transfer moves items through one channel and returns the time per item.
func transfer(producers, consumers, items, capacity int) float64 {
	perProducer := int64(items / producers)
	return timePerOp(items, func() {
		channel := make(chan int64, capacity)
		var producing, consuming sync.WaitGroup
		var received atomic.Int64
		for range consumers {
			consuming.Go(func() {
				var count int64
				for range channel {
					count++
				}
				received.Add(count)
			})
		}
		for range producers {
			producing.Go(func() { sendNumbers(channel, perProducer) })
		}
		producing.Wait()
		close(channel)
		consuming.Wait()
		check("items received", received.Load(), int64(items))
	})
}

func sendNumbers(channel chan<- int64, count int64) {
	for i := range count {
		channel <- i
	}
}

func select2() float64 {
	const producers, items = 2, 1_000_000
	return timePerOp(items, func() {
		left, right := make(chan int64), make(chan int64)
		go sendNumbers(left, items/producers)
		go sendNumbers(right, items/producers)
		var sum int64
		for range items {
			select {
			case value := <-left:
				sum += value
			case value := <-right:
				sum += value
			}
		}
		const perProducer = int64(items / producers)
		check("select2", sum, producers*(perProducer*(perProducer-1)/2))
	})
}

func selectDefault() float64 {
	const attempts = 50_000_000
	empty := make(chan int64)
	return timePerOp(attempts, func() {
		var misses int64
		for range attempts {
			select {
			case <-empty:
			default:
				misses++
			}
		}
		check("select_default", misses, attempts)
	})
}

func ring() float64 {
	const tasks, laps = 1_000, 1_500
	first := make(chan int64)
	last := first
	for range tasks - 1 {
		next := make(chan int64)
		go passToken(last, next)
		last = next
	}
	// This goroutine is the remaining task of the ring.
	defer close(first)
	return timePerOp(tasks*laps, func() {
		token := int64(0)
		for range laps {
			first <- token
			token = <-last + 1
		}
		check("ring", token, tasks*laps)
	})
}

func passToken(from <-chan int64, to chan<- int64) {
	for token := range from {
		to <- token + 1
	}
	close(to)
}

func sieve() float64 {
	const primes, want = 1_500, 12_553
	var stop atomic.Bool
	numbers := make(chan int64)
	elapsed := timeOf(func() {
		go generate(numbers, &stop)
		prime := int64(0)
		for range primes {
			prime = <-numbers
			survivors := make(chan int64)
			go filter(prime, numbers, survivors)
			numbers = survivors
		}
		check("sieve", prime, want)
	})
	stop.Store(true)
	for range numbers { // until the last filter has ended
	}
	return milliseconds(elapsed)
}

// generate sends 2, 3, 4, … until it is told to stop.
func generate(numbers chan<- int64, stop *atomic.Bool) {
	for n := int64(2); !stop.Load(); n++ {
		numbers <- n
	}
	close(numbers)
}

// filter passes on what prime does not divide.
func filter(prime int64, numbers <-chan int64, survivors chan<- int64) {
	for n := range numbers {
		if n%prime != 0 {
			survivors <- n
		}
	}
	close(survivors)
}
