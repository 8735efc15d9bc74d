// SPDX-License-Identifier: Apache-2.0
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/** Locks and latches between virtual threads. */
final class Synchronizers {
    private static final class Counter {
        private final ReentrantLock lock = new ReentrantLock();
        private long value;

        void increment() {
            lock.lock();
            try {
                value++;
            } finally {
                lock.unlock();
            }
        }
    }

    private Synchronizers() {}

    static double mutexContended() throws Exception {
        final int tasks = 8;
        final int pairsPerTask = 1_000_000;
        Counter counter = new Counter();
        long elapsed = Tasks.timeOf(() -> Tasks.join(Tasks.startMany(tasks, () -> {
            for (int i = 0; i < pairsPerTask; i++) {
                counter.increment();
            }
        })));
        LoomBench.check("mutex_contended", counter.value, tasks * pairsPerTask);
        return (double) elapsed / (tasks * pairsPerTask);
    }

    static double waitGroupFanout() throws Exception {
        final int tasks = 100_000;
        CountDownLatch arriving = new CountDownLatch(tasks);
        CountDownLatch event = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(tasks);

        long start = System.nanoTime();
        for (int i = 0; i < tasks; i++) {
            Tasks.start(() -> {
                arriving.countDown();
                event.await();
                running.countDown();
            });
        }
        arriving.await();
        long released = System.nanoTime();
        event.countDown();
        running.await();
        long end = System.nanoTime();

        LoomBench.note("waitgroup_fanout, release and join only, ns/op",
                (double) (end - released) / tasks);
        return (double) (end - start) / tasks;
    }
}
