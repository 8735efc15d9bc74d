// SPDX-License-Identifier: Apache-2.0
//
// Two goroutines with much to do share one context. A and B each print 50,000 SHA-1 sums; the
// first letter of every line says whose line it is, so that
//     ... | cut -c1 | uniq -c
// shows who ran when. The sums come from OpenSSL.
#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

#include <gofer/gofer.hpp>
#include <openssl/evp.h>

namespace {

constexpr int sums_max = 50'000;

/// The SHA-1 sum of a text in hexadecimal digits, as the command `sha1sum` writes it.
std::string sha1_hex(const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned int bytes = 0;
    if (EVP_Digest(text.data(), text.size(), sum.data(), &bytes, EVP_sha1(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL refuses to compute SHA-1");
    }
    constexpr const char* digits = "0123456789abcdef";
    std::string hex;
    for (unsigned int i = 0; i < bytes; ++i) {
        hex += digits[sum[i] >> 4];
        hex += digits[sum[i] & 15];
    }
    return hex;
}

/// Prints a line for each number from 1 to 50,000: the label, the number, and the SHA-1 sum of the
/// number written in decimal digits.
void print_sums(char label) {
    for (int n = 1; n <= sums_max; ++n) {
        std::printf("%c: %05d: %s\n", label, n, sha1_hex(std::to_string(n)).c_str());
    }
}

} // namespace

int main() {
    return gofer::run({.procs = 1}, [] {
        gofer::wait_group wg;
        wg.go(print_sums, 'A');
        wg.go(print_sums, 'B');
        wg.wait();
    });
}
