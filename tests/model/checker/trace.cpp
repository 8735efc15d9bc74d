// SPDX-License-Identifier: Apache-2.0
//
// Printing the steps of an execution.
#include "checker/trace.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace model {

const char* text_of(std::memory_order order) {
    switch (order) {
    case std::memory_order_relaxed:
        return "relaxed";
    case std::memory_order_consume:
        return "consume";
    case std::memory_order_acquire:
        return "acquire";
    case std::memory_order_release:
        return "release";
    case std::memory_order_acq_rel:
        return "acq_rel";
    case std::memory_order_seq_cst:
        return "seq_cst";
    }
    return "?";
}

std::string value_text(word value) {
    // Larger ones are addresses or sets of bits.
    constexpr word decimal_max = 9999;
    char text[24];
    std::snprintf(text, sizeof text, value > decimal_max ? "0x%" PRIx64 : "%" PRIu64, value);
    return text;
}

namespace {

std::string operation_text(const step& s) {
    const std::string object =
        s.object != nullptr ? s.object : "#" + std::to_string(s.object_number);
    const std::string order = std::string(" (") + text_of(s.order) + ")";
    switch (s.kind) {
    case step_kind::load:
        return "load " + object + " = " + value_text(s.value) + order;
    case step_kind::store:
        return "store " + object + " <- " + value_text(s.value) + order;
    case step_kind::becomes_visible:
        return "    its buffered store " + object + " <- " + value_text(s.value) +
               " becomes visible";
    case step_kind::update:
        return "update " + object + ": " + value_text(s.other) + " -> " + value_text(s.value) +
               order;
    case step_kind::failed_update:
        return "compare-exchange " + object + " fails: is " + value_text(s.value) + order;
    case step_kind::fence:
        return "fence" + order;
    case step_kind::membarrier:
        return "membarrier: a fence on every thread";
    case step_kind::yield:
        return "yield";
    case step_kind::futex_wait:
        return "futex_wait " + object + " returns: is " + value_text(s.value) + ", expected " +
               value_text(s.other);
    case step_kind::futex_sleep:
        return "futex_wait " + object + " sleeps on " + value_text(s.other);
    case step_kind::futex_wake:
        return "futex_wake " + object + " wakes " + value_text(s.value);
    case step_kind::read:
        return "read  " + object;
    case step_kind::write:
        return "write " + object;
    case step_kind::choose:
        return "choose " + value_text(s.value) + " of " + value_text(s.other);
    case step_kind::time_passes:
        return "time passes";
    case step_kind::note:
        return s.text;
    case step_kind::end:
        return "ends";
    }
    return "?";
}

} // namespace

std::string trace::text(const std::vector<std::string>& thread_names) const {
    std::size_t width = 0;
    for (const std::string& name : thread_names) width = std::max(width, name.size());
    std::string text;
    // What the test sets up before its threads start is no news.
    const auto first = std::find_if(steps_.begin(), steps_.end(),
                                    [](const step& s) { return s.by != main_thread; });
    for (auto i = static_cast<std::size_t>(first - steps_.begin()); i < steps_.size(); ++i) {
        const step& s = steps_[i];
        std::string name = s.by < thread_names.size() ? thread_names[s.by] : "?";
        name.resize(width, ' ');
        char number[32];
        std::snprintf(number, sizeof number, "%5zu  ", i + 1);
        text += number + name + "  " + operation_text(s) + "\n";
    }
    return text;
}

} // namespace model
