// SPDX-License-Identifier: Apache-2.0
//
// Virtual memory of the OS: one thin function a system call, no policy. Every call goes through a
// table of function pointers, so that a test can make any of them fail.
//
// All functions follow the kernel's convention: a negative errno on failure. None of them touches
// `errno` (a goroutine's errno belongs to the user), takes a lock or allocates, so they may be
// called with `in_rt` set.
#pragma once

#include <cstddef>

struct iovec; // <sys/uio.h>

namespace gofer::rt {

inline constexpr std::size_t page_bytes = 4096;

/// Advice values that the headers of glibc 2.36 do not name yet.
inline constexpr int madv_guard_install = 102; // Linux 6.13
inline constexpr int madv_guard_remove = 103;

/// Ranges that one call of advise_many gets at most; the kernel's own limit is 1024.
inline constexpr std::size_t advise_ranges_max = 512;

/// The system calls, replaceable one by one. A test that replaces an entry puts it back.
struct memory_ops {
    /// A private anonymous mapping; the address, or a negative errno.
    long (*map)(std::size_t bytes, int prot, int extra_flags);
    long (*unmap)(void* address, std::size_t bytes);
    long (*protect)(void* address, std::size_t bytes, int prot);
    long (*advise)(void* address, std::size_t bytes, int advice);
    /// process_madvise on this process; the number of bytes done, which may be short.
    long (*advise_many)(const iovec* ranges, std::size_t n, int advice);
    long (*unlock)(void* address, std::size_t bytes);
};

extern memory_ops memory;
extern const memory_ops memory_ops_of_kernel;

/// True if `result` of an operation that gives an address is an error.
inline bool is_memory_error(long result) {
    return result < 0 && result >= -4095;
}

/// Zeroed pages, readable and writable, that are never given back: for side tables. Null: no
/// memory. Costs nothing until touched.
void* memory_map_table(std::size_t bytes);

/// Gives the advice for all ranges in few calls of the kernel, or one by one where it knows no
/// better. 0, or the error of the first range that the kernel refused; those before it are done.
long memory_advise_ranges(const iovec* ranges, std::size_t n, int advice);

/// True if this process runs under Valgrind, which models memory by itself: it knows neither guards
/// by MADV_GUARD_INSTALL (a hit makes it loop) nor pidfd_open (it complains).
bool is_under_valgrind();

} // namespace gofer::rt
