// SPDX-License-Identifier: Apache-2.0

// Request and response over loopback, a goroutine at each end of each connection.

package main

import (
	"io"
	"net"
	"sync"
)

const messageSize = 64

func tcpEcho() float64 {
	const clients, roundTripsPerClient = 64, 400
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	defer listener.Close()
	go serveEcho(listener)

	connections := make([]net.Conn, clients)
	for i := range connections {
		connections[i], err = net.Dial("tcp", listener.Addr().String())
		must(err)
		defer connections[i].Close()
	}

	elapsed := timeOf(func() {
		var running sync.WaitGroup
		for _, connection := range connections {
			running.Go(func() { requestEchoes(connection, roundTripsPerClient) })
		}
		running.Wait()
	})
	return clients * roundTripsPerClient / elapsed.Seconds() / 1e3
}

// serveEcho starts a goroutine per connection, until listener is closed.
func serveEcho(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go echo(connection)
	}
}

func echo(connection net.Conn) {
	defer connection.Close()
	var buffer [messageSize]byte
	for {
		size, err := connection.Read(buffer[:])
		if err != nil {
			return
		}
		if _, err := connection.Write(buffer[:size]); err != nil {
			return
		}
	}
}

func requestEchoes(connection net.Conn, roundTrips int) {
	var request, reply [messageSize]byte
	for i := range roundTrips {
		request[0] = byte(i)
		_, err := connection.Write(request[:])
		must(err)
		_, err = io.ReadFull(connection, reply[:])
		must(err)
		check("tcp_echo", int64(reply[0]), int64(request[0]))
	}
}
