// SPDX-License-Identifier: Apache-2.0

//! Computation that scales with the number of workers, and request and response over loopback.

use super::clock::milliseconds;
use crate::wait_group::WaitGroup;
use sha1::{Digest, Sha1};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub async fn parallel_sha1() -> f64 {
    const TASKS: u64 = 16;
    const STRINGS: u64 = 2_000_000;
    const EXPECTED_CHECKSUM: u64 = 0xc381_8d0a_dfa8_ee76;
    /// The exclusive or of the first 8 bytes of each digest.
    fn checksum_of_digests(numbers: std::ops::Range<u64>) -> u64 {
        let mut checksum = 0;
        let mut text = itoa::Buffer::new();
        for number in numbers {
            let digest = Sha1::digest(text.format(number));
            checksum ^= u64::from_be_bytes(digest[..8].try_into().unwrap());
        }
        checksum
    }
    let checksum = Arc::new(AtomicU64::new(0));
    let group = WaitGroup::new(TASKS as usize);
    let start = Instant::now();
    for task in 0..TASKS {
        let checksum = checksum.clone();
        let group = group.clone();
        tokio::spawn(async move {
            let numbers = task * STRINGS / TASKS..(task + 1) * STRINGS / TASKS;
            checksum.fetch_xor(checksum_of_digests(numbers), Ordering::Relaxed);
            group.done();
        });
    }
    group.wait().await;
    let elapsed = milliseconds(start);
    assert_eq!(checksum.load(Ordering::Relaxed), EXPECTED_CHECKSUM);
    elapsed
}

pub async fn tcp_echo() -> f64 {
    const CLIENTS: usize = 64;
    const ROUND_TRIPS_EACH: usize = 500;
    const MESSAGE_BYTES: usize = 64;
    async fn serve(mut connection: TcpStream) {
        let mut message = [0; MESSAGE_BYTES];
        while connection.read_exact(&mut message).await.is_ok() {
            connection.write_all(&message).await.expect("the server cannot write");
        }
    }
    async fn request_repeatedly(mut connection: TcpStream) {
        let request = [7; MESSAGE_BYTES];
        let mut response = [0; MESSAGE_BYTES];
        for _ in 0..ROUND_TRIPS_EACH {
            connection.write_all(&request).await.expect("the client cannot write");
            connection.read_exact(&mut response).await.expect("the client cannot read");
        }
        assert_eq!(response, request);
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("cannot listen on loopback");
    let address = listener.local_addr().unwrap();
    let mut connections = Vec::with_capacity(CLIENTS);
    let mut servers = Vec::with_capacity(CLIENTS);
    for _ in 0..CLIENTS {
        let client_end = TcpStream::connect(address).await.expect("cannot connect on loopback");
        let (server_end, _) = listener.accept().await.expect("cannot accept on loopback");
        client_end.set_nodelay(true).unwrap();
        server_end.set_nodelay(true).unwrap();
        servers.push(tokio::spawn(serve(server_end)));
        connections.push(client_end);
    }
    let start = Instant::now();
    let clients: Vec<_> =
        connections.into_iter().map(|end| tokio::spawn(request_repeatedly(end))).collect();
    for client in clients {
        client.await.expect("a client panicked");
    }
    let seconds = start.elapsed().as_secs_f64();
    for server in servers {
        server.await.expect("a server panicked");
    }
    (CLIENTS * ROUND_TRIPS_EACH) as f64 / seconds / 1e3
}
