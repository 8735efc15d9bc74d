// SPDX-License-Identifier: Apache-2.0
//
// See exception.hpp. The layout is that of the Itanium C++ ABI as libstdc++ and libc++abi keep it:
// the header ends where the thrown object begins.
#include "debug/exception.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <typeinfo>

#include <cxxabi.h>

namespace gofer::rt {

namespace {

/// libstdc++'s __cxa_exception (unwind-cxx.h).
struct exception_header {
    const std::type_info* type;
    void (*destroy)(void*);
    void (*unexpected)();
    void (*terminate)();
    exception_header* next;
    int handler_count;
    int handler_switch;
    const unsigned char* action;
    const unsigned char* language_data;
    void* catch_temp;
    void* adjusted;
    _Unwind_Exception unwind;
};

/// "GNUCC++" and one byte: 0 a thrown object, 1 one that std::rethrow_exception throws again.
constexpr std::uint64_t cxx_class = 0x474e'5543'432b'2b00;

struct thrown {
    const std::type_info* type;
    void* object;
};

thrown look_at(const _Unwind_Exception* exception) {
    const auto* header = reinterpret_cast<const exception_header*>(
        reinterpret_cast<const char*>(exception) - offsetof(exception_header, unwind));
    if ((exception->exception_class & 1) == 0)
        return {header->type, const_cast<_Unwind_Exception*>(exception) + 1};
    // A dependent exception begins with the address of the object it shares.
    void* object = *reinterpret_cast<void* const*>(header);
    return {(static_cast<const exception_header*>(object) - 1)->type, object};
}

void print_text(printer& out, const thrown& t) {
    if (*t.type == typeid(int)) {
        out << ": " << *static_cast<int*>(t.object);
        return;
    }
    if (*t.type == typeid(const char*)) {
        out << ": " << *static_cast<const char**>(t.object);
        return;
    }
    void* as_exception = t.object;
    // What the compiler's `catch (const std::exception&)` asks.
    if (typeid(std::exception).__do_catch(t.type, &as_exception, 1)) {
        out << ": " << static_cast<const std::exception*>(as_exception)->what();
    }
}

} // namespace

namespace {

void print_thrown(printer& out, const thrown& t) {
    char* readable = abi::__cxa_demangle(t.type->name(), nullptr, nullptr, nullptr);
    out << (readable != nullptr ? readable : t.type->name());
    std::free(readable);
    print_text(out, t);
}

} // namespace

void print_current_exception(printer& out) {
    const std::exception_ptr current = std::current_exception();
    // libstdc++'s exception_ptr is the address of the object.
    void* object = nullptr;
    static_assert(sizeof object == sizeof current);
    std::memcpy(&object, &current, sizeof object);
    print_thrown(out, {(static_cast<const exception_header*>(object) - 1)->type, object});
}

void print_exception(printer& out, const _Unwind_Exception* exception) {
    if ((exception->exception_class & ~std::uint64_t{1}) != cxx_class) {
        out << "an exception of another language";
        return;
    }
    print_thrown(out, look_at(exception));
}

} // namespace gofer::rt
