// SPDX-License-Identifier: Apache-2.0
//
// Finds what the model knows of an object by its address, so that model::atomic<T> is laid out as T
// is: code that counts bytes or hands out addresses sees what it sees in earnest.
//
// Open addressing. Entries carry the number of their execution, which makes those of earlier ones
// free without being touched.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/clock.hpp"

namespace model {

/// Where an atomic object was constructed.
struct birth {
    thread_id by = main_thread;
    std::uint32_t at = 0;     ///< step of that thread
    std::uint32_t serial = 0; ///< its how-manieth object
};

class object_table {
public:
    struct entry {
        const void* address = nullptr;
        std::uint32_t execution = 0;
        std::uint32_t id = 0; ///< of its location; 0: not touched yet
        birth born;
    };

    void begin_execution() {
        ++execution_;
        used_ = 0;
    }
    /// Null: not made in this execution.
    [[nodiscard]] entry* find(const void* address) {
        entry& e = slot_of(address);
        return e.execution == execution_ ? &e : nullptr;
    }
    /// A new object at this address; what was there before is gone.
    entry& put(const void* address) {
        if (2 * (used_ + 1) > entries_.size()) grow();
        entry& e = slot_of(address);
        if (e.execution != execution_) ++used_;
        e = {.address = address, .execution = execution_, .id = 0, .born = {}};
        return e;
    }

private:
    entry& slot_of(const void* address) {
        const auto key = reinterpret_cast<std::uintptr_t>(address);
        std::size_t i = (key * 0x9e37'79b9'7f4a'7c15ULL) >> (64 - bits_);
        while (entries_[i].execution == execution_ && entries_[i].address != address) {
            i = (i + 1) & (entries_.size() - 1);
        }
        return entries_[i];
    }
    void grow() {
        std::vector<entry> old(entries_.size() * 2);
        old.swap(entries_);
        ++bits_;
        for (const entry& e : old) {
            if (e.execution == execution_) slot_of(e.address) = e;
        }
    }

    unsigned bits_ = 8;
    std::vector<entry> entries_ = std::vector<entry>(std::size_t{1} << bits_);
    std::uint32_t execution_ = 0;
    std::size_t used_ = 0;
};

} // namespace model
