// SPDX-License-Identifier: Apache-2.0
//
// Computation that scales with the number of contexts.
#include "bodies.hpp"

#include <gofer/gofer.hpp>

#include <openssl/sha.h>

#include <atomic>
#include <charconv>

namespace bench {

namespace {

/// Hashes the decimal strings of the numbers in [first, end); the sum of the first 4 bytes of each.
std::int64_t sum_of_digests(std::int64_t first, std::int64_t end) {
    std::int64_t sum = 0;
    for (std::int64_t n = first; n < end; ++n) {
        char text[20];
        const char* const text_end = std::to_chars(text, text + sizeof(text), n).ptr;
        // The direct interface: OpenSSL 3's EVP layer costs more than the digest of so few bytes.
        SHA_CTX context;
        unsigned char digest[SHA_DIGEST_LENGTH];
        SHA1_Init(&context);
        SHA1_Update(&context, text, static_cast<std::size_t>(text_end - text));
        SHA1_Final(digest, &context);
        sum += static_cast<std::int64_t>(digest[0]) << 24 | digest[1] << 16 | digest[2] << 8 |
               digest[3];
    }
    return sum;
}

} // namespace

sample parallel_sha1() {
    constexpr std::int64_t goroutines = 16;
    const std::int64_t numbers = size(2'000'000, 1'600);
    const std::int64_t expected = size(4'295'224'834'023'566, 3'400'998'350'391);
    return time_in_ms([&] {
        gofer::wait_group running;
        std::atomic<std::int64_t> checksum{0};
        for (std::int64_t i = 0; i < goroutines; ++i) {
            running.go(
                [&checksum, first = i * numbers / goroutines,
                 end = (i + 1) * numbers / goroutines] { checksum += sum_of_digests(first, end); });
        }
        running.wait();
        check("parallel_sha1", checksum, expected);
    });
}

} // namespace bench
