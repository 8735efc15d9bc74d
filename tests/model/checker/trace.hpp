// SPDX-License-Identifier: Apache-2.0
//
// What happened in one execution, step by step, to be printed when it fails.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "checker/clock.hpp"

namespace model {

using word = std::uint64_t;

enum class step_kind : std::uint8_t {
    load,
    store,
    becomes_visible, ///< a buffered store reaches memory
    update,          ///< a locked read-modify-write that wrote
    failed_update,   ///< a compare-exchange that found something else
    fence,
    membarrier,
    yield,
    futex_wait,
    futex_sleep,
    futex_wake,
    read,  ///< of plain data
    write, ///< of plain data
    choose,
    time_passes,
    note,
    end,
};

struct step {
    thread_id by = main_thread;
    step_kind kind = step_kind::note;
    std::memory_order order = std::memory_order_seq_cst;
    const char* object = nullptr; ///< null: the number of the object is its name
    std::uint32_t object_number = 0;
    word value = 0;
    word other = 0; ///< update: the value before; futex_wait: what is expected
    const char* text = nullptr;
};

class trace {
public:
    void clear() { steps_.clear(); }
    void add(const step& s) { steps_.push_back(s); }
    [[nodiscard]] std::size_t size() const { return steps_.size(); }
    /// One line a step, from the first one of a thread.
    [[nodiscard]] std::string text(const std::vector<std::string>& thread_names) const;

private:
    std::vector<step> steps_;
};

const char* text_of(std::memory_order order);
std::string value_text(word value);

} // namespace model
