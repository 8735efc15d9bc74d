// SPDX-License-Identifier: Apache-2.0
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Sleeping virtual threads, and timers that are cancelled. */
final class Timers {
    private static final ScheduledThreadPoolExecutor TIMER = startTimer();

    private Timers() {}

    private static ScheduledThreadPoolExecutor startTimer() {
        ScheduledThreadPoolExecutor timer =
                new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    static double sleepMany() throws Exception {
        final int tasks = 100_000;
        long elapsed = Tasks.timeOf(() -> {
            CountDownLatch running = new CountDownLatch(tasks);
            for (int i = 0; i < tasks; i++) {
                Tasks.start(() -> {
                    Thread.sleep(100);
                    running.countDown();
                });
            }
            running.await();
        });
        return Tasks.milliseconds(elapsed);
    }

    static double timerChurn() throws Exception {
        // JDK 25 and later: before, the pool is no scheduler.
        if ((Object) ForkJoinPool.commonPool() instanceof ScheduledExecutorService pool) {
            LoomBench.note("timer_churn, with ForkJoinPool.schedule, ns/op", churn(pool, 250_000));
        }
        return churn(TIMER, 1_000_000);
    }

    private static double churn(ScheduledExecutorService scheduler, int timers) throws Exception {
        Runnable neverFires = () -> {
            throw new IllegalStateException("a cancelled timer fired");
        };
        long elapsed = Tasks.timeOf(() -> {
            for (int i = 0; i < timers; i++) {
                scheduler.schedule(neverFires, 1, TimeUnit.SECONDS).cancel(false);
            }
        });
        return (double) elapsed / timers;
    }
}
