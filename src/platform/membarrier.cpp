// SPDX-License-Identifier: Apache-2.0
//
// See membarrier.hpp.
#include "platform/membarrier.hpp"

#include <cerrno>
#include <cstdint>

#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/atomic.hpp"
#include "base/check.hpp"

namespace gofer::rt {

namespace {

/// The page whose protection the fallback changes; null: the system call serves.
char* fallback_page = nullptr;
atomic<std::uint32_t> fallback_lock{0};

constexpr std::size_t page_bytes = 4096;

bool has_system_call() {
    return ::syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0 &&
           ::syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
}

/// Taking the right to write away from a resident page makes the kernel interrupt all CPUs that
/// run this process, which is a barrier on each.
void barrier_by_page() {
    std::uint32_t free = 0;
    while (!fallback_lock.compare_exchange_weak(free, 1,
                                                memory_order_acquire)) { // pairs: the store below
        free = 0;
        ::syscall(SYS_sched_yield);
    }
    GOFER_CHECK(::mprotect(fallback_page, page_bytes, PROT_READ | PROT_WRITE) == 0);
    ++*fallback_page; // present and dirty, so that there is something to flush
    GOFER_CHECK(::mprotect(fallback_page, page_bytes, PROT_READ) == 0);
    fallback_lock.store(0, memory_order_release); // pairs: the acquire above
}

} // namespace

bool membarrier_init() {
    if (has_system_call()) return true;
    if (fallback_page != nullptr) return true;
    void* page =
        ::mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return false;
    fallback_page = static_cast<char*>(page);
    return true;
}

void membarrier() {
    const int saved_errno = errno;
    if (fallback_page == nullptr) {
        GOFER_CHECK(::syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0);
    } else {
        barrier_by_page();
    }
    errno = saved_errno;
}

} // namespace gofer::rt
