// SPDX-License-Identifier: Apache-2.0
//
// See thread.hpp.
#include "platform/thread.hpp"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <string_view>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace gofer::rt {

namespace {

/// Room for a report with a backtrace: PROTOTYPES measured handlers on 64 KiB.
constexpr std::size_t signal_stack_bytes = 64 * 1024;

} // namespace

int thread_start(pthread_t* id, void* (*entry)(void*), void* arg, const char* name) {
    // Asynchronous signals of the user's go to threads of the user's making.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    for (const int synchronous : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT}) {
        sigdelset(&all, synchronous);
    }
    pthread_sigmask(SIG_BLOCK, &all, &before);
    const int error = pthread_create(id, nullptr, entry, arg);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (error == 0) pthread_setname_np(*id, name);
    return error;
}

std::size_t thread_count() {
    const int fd = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    char text[4096];
    const ssize_t n = ::read(fd, text, sizeof text);
    ::close(fd);
    if (n <= 0) return 0;
    const std::string_view status(text, static_cast<std::size_t>(n));
    constexpr std::string_view field = "\nThreads:\t";
    const std::size_t at = status.find(field);
    if (at == std::string_view::npos) return 0;
    std::size_t count = 0;
    std::from_chars(status.data() + at + field.size(), status.data() + status.size(), count);
    return count;
}

void thread_signal_stack_make() {
    stack_t old{};
    if (::sigaltstack(nullptr, &old) == 0 && (old.ss_flags & SS_DISABLE) == 0) return;
    void* memory = ::mmap(nullptr, signal_stack_bytes, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return; // an overflow then ends without a report, as without gofer
    stack_t own{};
    own.ss_sp = memory;
    own.ss_size = signal_stack_bytes;
    ::sigaltstack(&own, nullptr);
}

void thread_signal_stack_drop() {
    stack_t own{};
    if (::sigaltstack(nullptr, &own) != 0 || (own.ss_flags & SS_DISABLE) != 0) return;
    if (own.ss_size != signal_stack_bytes) return; // somebody else's, a sanitizer's for example
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
    ::munmap(own.ss_sp, own.ss_size);
}

thread_stack thread_own_stack() {
    pthread_attr_t attributes;
    void* low = nullptr;
    std::size_t bytes = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &low, &bytes);
        pthread_attr_destroy(&attributes);
    }
    return {static_cast<std::byte*>(low), static_cast<std::byte*>(low) + bytes};
}

} // namespace gofer::rt
