// SPDX-License-Identifier: Apache-2.0
//
// The scheduler's real state for one execution of a model test: Ms on threads of the model, Ps,
// and goroutines, all made anew in the body's frame.
#pragma once

#include <array>
#include <functional>
#include <new>

#include "checker/explore.hpp"
#include "checker/var.hpp"
#include "sched/gate.hpp"
#include "sched/park.hpp"
#include "shim/goroutines.hpp"

namespace model_shim {

inline constexpr std::uint32_t thread_most = 4;
inline constexpr std::uint32_t proc_most = 3;
inline constexpr std::uint32_t goroutine_most = 4;

class world {
public:
    static inline world* current = nullptr;

    /// `procs` Ps, as many Ms, none of which has a P yet. All Ps are idle.
    world(std::uint32_t ms, std::uint32_t procs) {
        using namespace gofer::rt;
        current = this;
        model_shim::begin();
        renew(sched);
        renew(gate);
        sched.status.store(runtime_status::running);
        sched.procs.store(procs);
        sched.procs_made.store(procs);
        sched.thread_max = ms;
        sched.m_count = ms;
        for (std::uint32_t i = procs; i-- > 0;) {
            p[i].id = i;
            sched.all_ps[i] = &p[i];
            for (std::uint32_t s = 0; s < goroutine_most; ++s) {
                stacks_[i * goroutine_most + s] = make_stack(i * goroutine_most + s);
                p[i].free_stacks[p[i].free_stack_count++] = &stacks_[i * goroutine_most + s];
            }
        }
        for (std::uint32_t i = 0; i < ms; ++i) {
            m[i].id = i;
            m[i].exceptions = &exceptions_[i];
            m[i].error = &errors_[i];
            m[i].next_all = sched.all_ms.load();
            sched.all_ms.store(&m[i]);
        }
        name_objects();
    }
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    /// Goroutine `i` is new: in the hands of whoever makes it runnable.
    gofer::rt::G* make(std::uint32_t i, std::function<void()> body) {
        using namespace gofer::rt;
        bodies_[i] = std::move(body);
        G& made = g[i];
        made.id = i + 1;
        made.run = [](void* closure) { (*static_cast<std::function<void()>*>(closure))(); };
        made.closure = &bodies_[i];
        made.sp.store(G::newborn_sp());
        made.state.move<g_status::dead, g_status::embryo>();
        made.state.move<g_status::embryo, g_status::runnable>();
        ++made_;
        return &made;
    }
    /// Goroutine `i` waits, in nobody's queue; nobody ever runs it.
    gofer::rt::G* make_waiting(std::uint32_t i) {
        using namespace gofer::rt;
        G* made = make(i, nullptr);
        made->state.move<g_status::runnable, g_status::running>();
        made->state.move<g_status::running, g_status::waiting>();
        return made;
    }
    /// In the body: P `to` starts with it.
    void spawn_on(std::uint32_t to, std::uint32_t i, std::function<void()> body) {
        p[to].queue.push_newborn(make(i, std::move(body)));
    }

    /// What a thread of the runtime does: spawner.cpp's m_main, with P i.
    void run_m(std::uint32_t i) {
        using namespace gofer::rt;
        begin_m(i);
        enter(&m[i]);
        own_p(&m[i], &p[i]);
        schedule(&m[i]);
        leave(&m[i]);
    }
    void begin_m(std::uint32_t i) {
        begin_thread();
        gofer::rt::set_current_m(&m[i]);
    }
    /// The calling thread is a plain one.
    static void begin_plain() { gofer::rt::set_current_m(nullptr); }

    /// Called by free_g.
    void goroutine_ended() {
        if (ended.fetch_add(1, std::memory_order_acq_rel) + 1 == made_) model::futex_wake(ended, 1);
    }
    /// A thread that ends the runtime when every goroutine has ended: as end_stop in lifecycle.cpp.
    void stop_when_all_ended() {
        using namespace gofer::rt;
        begin_plain();
        for (;;) {
            const std::uint32_t seen = ended.load(std::memory_order_acquire);
            if (seen == made_) break;
            model::futex_wait(ended, seen);
        }
        gate.close();
        for (M* each = sched.all_ms.load(std::memory_order_acquire); each != nullptr;
             each = each->next_all) {
            each->is_told_to_end = true;
        }
        gate.open();
        for (M* each = sched.all_ms.load(std::memory_order_acquire); each != nullptr;
             each = each->next_all) {
            each->wake_word.store(1, std::memory_order_release);
            futex_wake(each->wake_word);
        }
    }

    std::array<gofer::rt::M, thread_most> m;
    std::array<gofer::rt::P, proc_most> p;
    std::array<gofer::rt::G, goroutine_most> g;
    model::atomic<std::uint32_t> ended{0};

private:
    /// For the traces of failures.
    void name_objects() {
        using gofer::rt::sched;
        model::name(sched.may_wake, "sched.may_wake");
        model::name(sched.idle_ps, "sched.idle_ps");
        model::name(sched.searching, "sched.searching");
        model::name(sched.global_count, "sched.global_count");
        model::name(sched.all_ms, "sched.all_ms");
        model::name(sched.procs, "sched.procs");
        model::name(sched.status, "sched.status");
        constexpr std::array m_names{
            std::array{"m0.in_rt", "m1.in_rt", "m2.in_rt", "m3.in_rt"},
            std::array{"m0.attention", "m1.attention", "m2.attention", "m3.attention"},
            std::array{"m0.wake_word", "m1.wake_word", "m2.wake_word", "m3.wake_word"}};
        for (std::size_t i = 0; i < m.size(); ++i) {
            model::name(m[i].in_rt, m_names[0][i]);
            model::name(m[i].attention, m_names[1][i]);
            model::name(m[i].wake_word, m_names[2][i]);
        }
        constexpr std::array p_names{std::array{"p0.owner", "p1.owner", "p2.owner"},
                                     std::array{"p0.share", "p1.share", "p2.share"},
                                     std::array{"p0.inbox", "p1.inbox", "p2.inbox"}};
        for (std::size_t i = 0; i < p.size(); ++i) {
            model::name(p[i].owner, p_names[0][i]);
            model::name(p[i].share, p_names[1][i]);
            model::name(p[i].inbox, p_names[2][i]);
        }
        constexpr std::array g_names{"g0.sp", "g1.sp", "g2.sp", "g3.sp"};
        for (std::size_t i = 0; i < g.size(); ++i) model::name(g[i].sp, g_names[i]);
    }

    template <class T>
    static void renew(T& global) {
        global.~T();
        ::new (&global) T;
    }

    std::uint32_t made_ = 0;
    std::array<std::function<void()>, goroutine_most> bodies_;
    std::array<gofer::rt::stack, proc_most * goroutine_most> stacks_{};
    std::array<gofer::rt::exception_state, thread_most> exceptions_{};
    std::array<int, thread_most> errors_{};
};

} // namespace model_shim
