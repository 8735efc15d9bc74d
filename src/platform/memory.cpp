// SPDX-License-Identifier: Apache-2.0
//
// See memory.hpp.
#include "platform/memory.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif

#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif

namespace gofer::rt {

namespace {

/// syscall(2) with the kernel's own convention; the caller's errno survives.
template <class... Args>
long raw(long number, Args... args) {
    const int saved = errno;
    const long result = ::syscall(number, args...);
    const long error = errno;
    errno = saved;
    return result == -1 ? -error : result;
}

long map(std::size_t bytes, int prot, int extra_flags) {
    return raw(SYS_mmap, nullptr, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS | extra_flags, -1, 0L);
}

long unmap(void* address, std::size_t bytes) {
    return raw(SYS_munmap, address, bytes);
}

long protect(void* address, std::size_t bytes, int prot) {
    return raw(SYS_mprotect, address, bytes, prot);
}

long advise(void* address, std::size_t bytes, int advice) {
    return raw(SYS_madvise, address, bytes, advice);
}

long advise_many(const iovec* ranges, std::size_t n, int advice) {
    if (is_under_valgrind()) return -ENOSYS;
    // Opened anew each time: a descriptor that is kept names the parent after a fork, and may be
    // closed by a program that closes all descriptors. It costs 1 us in a batch of hundreds.
    const long self = raw(SYS_pidfd_open, raw(SYS_getpid), 0U);
    if (self < 0) return self;
    const long result = raw(SYS_process_madvise, self, ranges, n, advice, 0U);
    raw(SYS_close, self);
    return result;
}

long unlock(void* address, std::size_t bytes) {
    return raw(SYS_munlock, address, bytes);
}

/// How many of n ranges are wholly within the first `bytes` bytes.
std::size_t whole_ranges(const iovec* ranges, std::size_t n, std::size_t bytes) {
    std::size_t whole = 0;
    while (whole < n && ranges[whole].iov_len <= bytes) bytes -= ranges[whole++].iov_len;
    return whole;
}

} // namespace

const memory_ops memory_ops_of_kernel{map, unmap, protect, advise, advise_many, unlock};
constinit memory_ops memory{map, unmap, protect, advise, advise_many, unlock};

bool is_under_valgrind() {
#ifdef RUNNING_ON_VALGRIND
    return RUNNING_ON_VALGRIND != 0;
#else
    return false;
#endif
}

void* memory_map_table(std::size_t bytes) {
    const long address = memory.map(bytes, PROT_READ | PROT_WRITE, MAP_NORESERVE);
    return is_memory_error(address) ? nullptr : reinterpret_cast<void*>(address);
}

long memory_advise_ranges(const iovec* ranges, std::size_t n, int advice) {
    while (n > 0) {
        const long bytes = memory.advise_many(ranges, std::min(n, advise_ranges_max), advice);
        std::size_t done = bytes > 0 ? whole_ranges(ranges, n, static_cast<std::size_t>(bytes)) : 0;
        if (done == 0) {
            // Refused as a whole (an old kernel, a seccomp filter, no descriptor left) or stopped
            // at the first range: that one alone tells which.
            const long error = memory.advise(ranges->iov_base, ranges->iov_len, advice);
            if (error < 0) return error;
            done = 1;
        }
        ranges += done;
        n -= done;
    }
    return 0;
}

} // namespace gofer::rt
