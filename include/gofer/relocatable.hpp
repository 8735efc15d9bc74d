// SPDX-License-Identifier: Apache-2.0
//
// Which types may be moved by copying their bytes and forgetting the source.
#pragma once

#include <memory>
#include <type_traits>

namespace gofer {

/// True for a type whose move construction followed by destruction of the source is the same as a
/// memcpy. Channels pass such elements by bytes instead of by a pointer to a box. Specialise it for
/// your own types; a wrong answer is undefined behaviour (`std::string` of libstdc++ points into
/// itself, so it is not relocatable).
template <class T>
inline constexpr bool is_relocatable = std::is_trivially_copyable_v<T>;

template <class T>
inline constexpr bool is_relocatable<std::unique_ptr<T>> = true;

template <class T>
inline constexpr bool is_relocatable<std::shared_ptr<T>> = true;

template <class T>
inline constexpr bool is_relocatable<std::weak_ptr<T>> = true;

} // namespace gofer
