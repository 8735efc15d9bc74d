// SPDX-License-Identifier: Apache-2.0

// Computation that scales with the number of processors.

package main

import (
	"crypto/sha1"
	"encoding/binary"
	"strconv"
	"sync"
	"sync/atomic"
)

func parallelSHA1() float64 {
	const tasks, numbers, want = 16, 2_000_000, 4_295_224_834_023_566
	elapsed := timeOf(func() {
		var running sync.WaitGroup
		var checksum atomic.Int64
		for task := range tasks {
			running.Go(func() {
				first, end := task*numbers/tasks, (task+1)*numbers/tasks
				checksum.Add(sumOfDigests(first, end))
			})
		}
		running.Wait()
		check("parallel_sha1", checksum.Load(), want)
	})
	return milliseconds(elapsed)
}

// sumOfDigests hashes the decimal strings of the numbers in [first, end), and
// returns the sum of the first 4 bytes of each digest.
func sumOfDigests(first, end int) int64 {
	var sum int64
	var text [20]byte
	for n := first; n < end; n++ {
		digest := sha1.Sum(strconv.AppendInt(text[:0], int64(n), 10))
		sum += int64(binary.BigEndian.Uint32(digest[:4]))
	}
	return sum
}
