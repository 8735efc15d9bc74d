// SPDX-License-Identifier: Apache-2.0
//
// Computation that scales with the number of threads.
#include "benchmarks.hpp"
#include "body.hpp"
#include "wait_group.hpp"

#include <atomic>
#include <charconv>
#include <cstdint>
#include <openssl/sha.h>

// The exclusive or of the first 8 bytes of each digest.
static std::uint64_t checksum_of_digests(std::uint64_t first, std::uint64_t last) {
    std::uint64_t checksum = 0;
    for (std::uint64_t number = first; number < last; ++number) {
        char text[20];
        const auto end = std::to_chars(text, text + sizeof text, number).ptr;
        // The direct interface: OpenSSL 3's EVP layer costs more than the digest of so few bytes.
        SHA_CTX context;
        unsigned char digest[SHA_DIGEST_LENGTH];
        SHA1_Init(&context);
        SHA1_Update(&context, text, static_cast<std::size_t>(end - text));
        SHA1_Final(digest, &context);
        std::uint64_t head = 0;
        for (int i = 0; i < 8; ++i) head = head << 8 | digest[i];
        checksum ^= head;
    }
    return checksum;
}

double parallel_sha1() {
    constexpr std::uint64_t count = 16;
    constexpr std::uint64_t strings = 2'000'000;
    constexpr std::uint64_t expected_checksum = 0xc381'8d0a'dfa8'ee76;
    std::atomic<std::uint64_t> checksum{0};
    WaitGroup group(count);
    const auto start = Clock::now();
    for (std::uint64_t fiber = 0; fiber < count; ++fiber) {
        spawn([&, fiber] {
            checksum ^= checksum_of_digests(fiber * strings / count, (fiber + 1) * strings / count);
            group.done();
        });
    }
    group.wait();
    const double elapsed = milliseconds(start);
    require(checksum == expected_checksum, "parallel_sha1");
    return elapsed;
}
