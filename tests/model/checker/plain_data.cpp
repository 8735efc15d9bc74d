// SPDX-License-Identifier: Apache-2.0
//
// Races on plain data in the sources under test: they are compiled with -fsanitize=thread, but the
// functions that the compiler then calls at each access are these, and ask the model's clocks.
//
// I1  A record is an aligned piece of four bytes, or a single byte for smaller accesses. A race
//     between a byte and a word that contains it is not found.
// I2  The test's own context is not recorded: what it does is ordered before or after all threads.
#include <dlfcn.h>

#include <cinttypes>
#include <cstdio>
#include <string>

#include "checker/execution.hpp"

namespace model {

namespace {

struct record {
    std::uintptr_t key = 0;
    std::uint32_t execution = 0;
    thread_id written_by = main_thread;
    std::uint32_t written_at = 0;
    const void* written_from = nullptr;
    clock read_at;
    const void* read_from = nullptr;
};

/// Open addressing, stamped with the execution as object_table is.
class record_table {
public:
    record& at(std::uintptr_t key) {
        if (execution_ != execution::number) {
            execution_ = execution::number;
            used_ = 0;
        }
        if (2 * (used_ + 1) > records_.size()) grow();
        record& r = slot_of(key);
        if (r.execution != execution_) {
            ++used_;
            r = record{};
            r.key = key;
            r.execution = execution_;
        }
        return r;
    }

private:
    record& slot_of(std::uintptr_t key) {
        std::size_t i = (key * 0x9e37'79b9'7f4a'7c15ULL) >> (64 - bits_);
        while (records_[i].execution == execution_ && records_[i].key != key) {
            i = (i + 1) & (records_.size() - 1);
        }
        return records_[i];
    }
    void grow() {
        std::vector<record> old(records_.size() * 2);
        old.swap(records_);
        ++bits_;
        for (const record& r : old) {
            if (r.execution == execution_) slot_of(r.key) = r;
        }
    }

    unsigned bits_ = 10;
    std::vector<record> records_ = std::vector<record>(std::size_t{1} << bits_);
    std::uint32_t execution_ = 0;
    std::size_t used_ = 0;
};

record_table records;

std::string place_text(const void* pc) {
    Dl_info info{};
    if (dladdr(pc, &info) == 0) return "?";
    char text[64];
    std::snprintf(text, sizeof text, "0x%" PRIxPTR,
                  reinterpret_cast<std::uintptr_t>(pc) -
                      reinterpret_cast<std::uintptr_t>(info.dli_fbase) - 1);
    return text;
}

[[noreturn]] void fail_race(const char* what, thread_id other, thread_id by, const void* pc,
                            const void* other_pc) {
    execution::current->fail(failure_kind::race,
                             std::string(what) + " (addr2line -ie the test with " + place_text(pc) +
                                 " and " + place_text(other_pc) + ")",
                             other, by);
}

void access(std::uintptr_t key, bool is_write, thread_id by, const void* pc) {
    execution& e = *execution::current;
    const clock& seen = e.shared.views[by].now;
    record& r = records.at(key);
    if (!seen.has_seen(r.written_by, r.written_at)) {
        fail_race("plain data that another thread wrote", r.written_by, by, pc, r.written_from);
    }
    if (!is_write) {
        r.read_at.steps[by] = seen.steps[by];
        r.read_from = pc;
        return;
    }
    for (thread_id t = 0; t < e.shared.thread_count(); ++t) {
        if (!seen.has_seen(t, r.read_at.steps[t])) {
            fail_race("writes plain data that another thread read", t, by, pc, r.read_from);
        }
    }
    r.written_by = by;
    r.written_at = seen.steps[by];
    r.written_from = pc;
}

void access(const void* address, std::size_t bytes, bool is_write, const void* pc) {
    execution* e = execution::current;
    if (e == nullptr || e->running() == main_thread) return;
    const auto first = reinterpret_cast<std::uintptr_t>(address);
    // The checker's own headers are compiled in the same way.
    const auto own = reinterpret_cast<std::uintptr_t>(e);
    if (first - own < sizeof *e || address == &execution::current) return;
    const thread_id by = e->running();
    e->shared.tick(by);
    constexpr std::uintptr_t piece = 4;
    if (bytes < piece) {
        // Addresses of the user's half of memory leave the top bit free for this.
        constexpr std::uintptr_t is_byte = std::uintptr_t{1} << 63;
        for (std::size_t i = 0; i < bytes; ++i) access((first + i) | is_byte, is_write, by, pc);
        return;
    }
    const std::uintptr_t end = first + bytes;
    for (std::uintptr_t at = first & ~(piece - 1); at < end; at += piece) {
        access(at, is_write, by, pc);
    }
}

} // namespace

} // namespace model

// The names and signatures are the compiler's.
// NOLINTBEGIN(bugprone-reserved-identifier)
#define MODEL_ACCESS(name, bytes, is_write)                                                        \
    void name(void* address) {                                                                     \
        model::access(address, bytes, is_write, __builtin_return_address(0));                      \
    }
#define MODEL_ACCESSES(bytes)                                                                      \
    MODEL_ACCESS(__tsan_read##bytes, bytes, false)                                                 \
    MODEL_ACCESS(__tsan_write##bytes, bytes, true)                                                 \
    MODEL_ACCESS(__tsan_unaligned_read##bytes, bytes, false)                                       \
    MODEL_ACCESS(__tsan_unaligned_write##bytes, bytes, true)                                       \
    MODEL_ACCESS(__tsan_volatile_read##bytes, bytes, false)                                        \
    MODEL_ACCESS(__tsan_volatile_write##bytes, bytes, true)

extern "C" {
MODEL_ACCESSES(1)
MODEL_ACCESSES(2)
MODEL_ACCESSES(4)
MODEL_ACCESSES(8)
MODEL_ACCESSES(16)
void __tsan_read_range(void* address, unsigned long bytes) {
    model::access(address, bytes, false, __builtin_return_address(0));
}
void __tsan_write_range(void* address, unsigned long bytes) {
    model::access(address, bytes, true, __builtin_return_address(0));
}
/// Clang calls these where GCC calls the functions of libc; neither is recorded.
void* __tsan_memcpy(void* to, const void* from, unsigned long bytes) {
    return __builtin_memcpy(to, from, bytes);
}
void* __tsan_memmove(void* to, const void* from, unsigned long bytes) {
    return __builtin_memmove(to, from, bytes);
}
void* __tsan_memset(void* to, int byte, unsigned long bytes) {
    return __builtin_memset(to, byte, bytes);
}
void __tsan_vptr_update(void**, void*) {}
void __tsan_vptr_read(void**) {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_init() {}
/// Of the guards of local statics; nothing under test has an atomic that is not the model's.
char __tsan_atomic8_load(const volatile char* address, int) {
    return *address;
}
}
// NOLINTEND(bugprone-reserved-identifier)
