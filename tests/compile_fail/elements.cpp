// SPDX-License-Identifier: Apache-2.0
//
// What cannot be an element of a channel.
#include <cstddef>
#include <memory>
#include <string>

#include "gofer/gofer.hpp"

struct immovable {
    immovable() = default;
    immovable(const immovable&) = delete;
    immovable& operator=(const immovable&) = delete;
};

/// Boxed, and more aligned than the boxes are.
struct alignas(64) overaligned {
    std::string text;
};

void make(std::size_t capacity) {
    // Allowed.
    static_cast<void>(gofer::make_chan<std::unique_ptr<int>>(capacity));
    static_cast<void>(gofer::make_chan<std::string>(capacity));
    static_cast<void>(gofer::make_chan<immovable*>(capacity));
    const auto unique = gofer::make_chan<std::unique_ptr<int>>(capacity);
    auto value = std::make_unique<int>(1);
    unique.send(std::move(value));

#if defined(CONST_ELEMENT)
    static_cast<void>(gofer::make_chan<const int>(capacity));
#elif defined(REFERENCE_ELEMENT)
    static_cast<void>(gofer::make_chan<int&>(capacity));
#elif defined(ARRAY_ELEMENT)
    static_cast<void>(gofer::make_chan<int[3]>(capacity));
#elif defined(IMMOVABLE_ELEMENT)
    static_cast<void>(gofer::make_chan<immovable>(capacity));
#elif defined(OVERALIGNED_ELEMENT)
    static_cast<void>(gofer::make_chan<overaligned>(capacity));
#elif defined(SEND_OF_A_COPY_OF_A_MOVABLE_ONLY_ELEMENT)
    unique.send(value);
#endif
}
