// SPDX-License-Identifier: Apache-2.0
//
// What the sanitizers are told in every test program. Compiled in, so that a test run by hand
// behaves as it does under ctest; an environment variable still overrides it.

#ifdef GOFER_ASAN
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
    // An exception thrown in a goroutine unwinds a stack that ASan did not make: its own check of
    // the stack's bounds would refuse a whole arena.
    return "detect_stack_use_after_return=0:abort_on_error=0:exitcode=66";
}

extern "C" const char* __ubsan_default_options();
extern "C" const char* __ubsan_default_options() {
    return "print_stacktrace=1";
}
#endif

#ifdef GOFER_TSAN
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() {
    return "halt_on_error=1:second_deadlock_stack=1:exitcode=66";
}
#endif

namespace gofer::test {
// A translation unit is never empty.
extern const int sanitizer_options_linked;
const int sanitizer_options_linked = 1;
} // namespace gofer::test
