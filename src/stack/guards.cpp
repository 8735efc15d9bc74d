// SPDX-License-Identifier: Apache-2.0
//
// See guards.hpp.
#include "stack/guards.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <type_traits>

#include <sys/mman.h>
#include <sys/uio.h>

#include "platform/memory.hpp"

namespace gofer::rt {

void (*stack_warning)(const char* text) = nullptr;

namespace {

enum class probe_result : std::uint8_t { works, locked, missing, valgrind, no_memory };

/// Tries MADV_GUARD_INSTALL on a page. EINVAL means "never heard of it" and "the page is locked"
/// alike, so a refused page is unlocked and tried again.
probe_result probe_guards() {
    if (is_under_valgrind()) return probe_result::valgrind;
    const long page = memory.map(page_bytes, PROT_READ | PROT_WRITE, MAP_NORESERVE);
    if (is_memory_error(page)) return probe_result::no_memory;
    void* const address = reinterpret_cast<void*>(page);
    auto result = probe_result::missing;
    if (memory.advise(address, page_bytes, madv_guard_install) == 0) {
        result = probe_result::works;
    } else if (memory.unlock(address, page_bytes) == 0 &&
               memory.advise(address, page_bytes, madv_guard_install) == 0) {
        result = probe_result::locked;
    }
    memory.unmap(address, page_bytes);
    return result;
}

/// Guards all slots by MADV_GUARD_INSTALL. 0 or a negative errno.
long advise_guards(std::byte* base, std::size_t slot_bytes, std::size_t slots) {
    // 2 KiB of the caller's stack: it may be a small one.
    constexpr std::size_t batch_max = 128;
    iovec guards[batch_max];
    for (std::size_t done = 0; done < slots;) {
        const std::size_t n = std::min(batch_max, slots - done);
        for (std::size_t i = 0; i < n; ++i) {
            guards[i] = {base + (done + i) * slot_bytes, stack_guard_bytes};
        }
        const long error = memory_advise_ranges(guards, n, madv_guard_install);
        if (error < 0) return error;
        done += n;
    }
    return 0;
}

} // namespace

guard_mode guard_installer::mode() {
    if (is_probed_.load(memory_order_relaxed)) return mode_now(); // pairs: below; guards no data
    switch (probe_guards()) {
    case probe_result::works:
        break;
    case probe_result::locked:
        weaken(guard_mode::mprotect_limited);
        warn(stack_fallback::locked_memory);
        break;
    case probe_result::missing:
        weaken(guard_mode::mprotect_limited);
        warn(stack_fallback::old_kernel);
        break;
    case probe_result::valgrind: // which knows what mprotect did; nothing to warn of
        weaken(guard_mode::mprotect_limited);
        break;
    case probe_result::no_memory: // the next call tries again
        return mode_now();
    }
    is_probed_.store(true, memory_order_relaxed); // pairs: above; a second probe would do no harm
    return mode_now();
}

auto guard_installer::install(std::byte* base, std::size_t slot_bytes, std::size_t slots)
    -> result {
    if (mode() == guard_mode::madvise_guard) {
        const long error = advise_guards(base, slot_bytes, slots);
        if (error == 0) return result::guarded;
        if (error == -ENOMEM) return result::no_memory;
        // The probe went well, so memory has been locked since then.
        weaken(guard_mode::mprotect_limited);
        warn(stack_fallback::locked_memory);
    }
    if (mode_now() == guard_mode::mprotect_limited) {
        return install_by_mprotect(base, slot_bytes, slots);
    }
    return result::canary_only;
}

auto guard_installer::install_by_mprotect(std::byte* base, std::size_t slot_bytes,
                                          std::size_t slots) -> result {
    const std::size_t most = is_under_valgrind() ? stack_mprotect_max_valgrind : stack_mprotect_max;
    // pairs: itself; a count, nothing else is published by it
    if (mprotected_.fetch_add(slots, memory_order_relaxed) + slots <= most) {
        std::size_t done = 0;
        while (done < slots &&
               memory.protect(base + done * slot_bytes, stack_guard_bytes, PROT_NONE) == 0) {
            ++done;
        }
        if (done == slots) return result::guarded;
        // Those that have a guard keep it: all of the region get canaries as well.
    }
    weaken(guard_mode::canary);
    warn(stack_fallback::many_stacks);
    return result::canary_only;
}

void guard_installer::weaken(guard_mode to) {
    guard_mode now = mode_.load(memory_order_relaxed); // pairs: mode_now; guards no data
    while (now < to && !mode_.compare_exchange_weak(now, to, memory_order_relaxed)) continue;
}

void guard_installer::warn(stack_fallback cause) {
    static constexpr const char* texts[] = {
        "stacks: this kernel has no MADV_GUARD_INSTALL (Linux 6.13): guards are made by mprotect, "
        "for 30,000 goroutines at most",
        "stacks: memory is locked (mlockall), which rules out MADV_GUARD_INSTALL: guards are made "
        "by mprotect, for 30,000 goroutines at most",
        "stacks: no more mprotect guards (30,000 stacks, or vm.max_map_count): an overflow of "
        "further stacks is found when the goroutine parks, not prevented",
        "stacks: free stacks cannot be given back to the system (memory is locked by mlockall?): "
        "the process keeps them",
    };
    static_assert(std::size(texts) == std::extent_v<decltype(is_said_)>);
    const auto i = static_cast<std::size_t>(cause);
    if (is_said_[i].exchange(true, memory_order_relaxed)) return; // pairs: itself; guards no data
    if (stack_warning != nullptr) stack_warning(texts[i]);
}

} // namespace gofer::rt
