// SPDX-License-Identifier: Apache-2.0
//
// From a code address to a function's name, out of the symbol tables of the loaded files.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gofer::rt {

struct symbol {
    const char* name = nullptr;       ///< mangled; null: none covers the address
    std::size_t offset = 0;           ///< of the address in the function
    const char* module = "?";         ///< the file it was loaded from
    std::uintptr_t module_offset = 0; ///< for addr2line -e module
};

/// Looks in the file's full symbol table, so static functions and lambdas have names too without
/// -rdynamic. Takes the dynamic linker's lock; maps files; no heap.
symbol find_symbol(const void* pc);

} // namespace gofer::rt
