// SPDX-License-Identifier: Apache-2.0
//
// The levels of checking: GOFER_CHECK always, GOFER_DCHECK in debug builds, GOFER_VERIFY in model
// and stress builds, where a check may cost O(n). A failed check is our bug, never the user's.
#pragma once

namespace gofer::rt {

/// Says where, dumps what the runtime knows, aborts. Uses no heap and no lock.
[[noreturn, gnu::cold]] void check_failed(const char* what, const char* file, int line) noexcept;

} // namespace gofer::rt

#define GOFER_LIKELY(x) __builtin_expect(static_cast<bool>(x), true)
#define GOFER_UNLIKELY(x) __builtin_expect(static_cast<bool>(x), false)

#define GOFER_CHECK(condition)                                                                     \
    (GOFER_LIKELY(condition) ? static_cast<void>(0)                                                \
                             : ::gofer::rt::check_failed(#condition, __FILE__, __LINE__))

#ifdef GOFER_DEBUG
#define GOFER_DCHECK(condition) GOFER_CHECK(condition)
#else
#define GOFER_DCHECK(condition) static_cast<void>(sizeof(static_cast<bool>(condition)))
#endif

#ifdef GOFER_VERIFY_ON
#define GOFER_VERIFY(condition) GOFER_CHECK(condition)
#else
#define GOFER_VERIFY(condition) static_cast<void>(sizeof(static_cast<bool>(condition)))
#endif
