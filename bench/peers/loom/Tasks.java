// SPDX-License-Identifier: Apache-2.0
import java.util.ArrayList;
import java.util.List;

/** Virtual threads that may throw, and the clock. */
final class Tasks {
    interface Body {
        void run() throws Exception;
    }

    private Tasks() {}

    /** Starts a virtual thread. What it throws ends the program. */
    static Thread start(Body body) {
        return Thread.startVirtualThread(() -> runOrExit(body));
    }

    static List<Thread> startMany(int count, Body body) {
        List<Thread> threads = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            threads.add(start(body));
        }
        return threads;
    }

    static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void runOrExit(Body body) {
        try {
            body.run();
        } catch (Throwable thrown) {
            thrown.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    /** Returns the nanoseconds that body took. */
    static long timeOf(Body body) throws Exception {
        long start = System.nanoTime();
        body.run();
        return System.nanoTime() - start;
    }

    static double milliseconds(long nanoseconds) {
        return nanoseconds / 1e6;
    }
}
