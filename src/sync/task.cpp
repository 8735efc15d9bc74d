// SPDX-License-Identifier: Apache-2.0
//
// What is not a template of task.
#include <exception>
#include <utility>

#include "gofer/detail/core.hpp"
#include "sched/hooks.hpp"
#include "sched/park.hpp"

namespace gofer::detail {

void task_exception_dropped(std::exception_ptr exception) noexcept {
    if (rt::hooks.exception_dropped != nullptr) rt::hooks.exception_dropped(std::move(exception));
    std::terminate(); // no runtime ever lived, so that nobody could have set it
}

} // namespace gofer::detail
