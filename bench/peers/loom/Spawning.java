// SPDX-License-Identifier: Apache-2.0
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Starting virtual threads, and trees of them. */
final class Spawning {
    private Spawning() {}

    static double spawnJoin() throws Exception {
        final int batches = 1_000;
        final int batchSize = 1_000;
        long elapsed = Tasks.timeOf(() -> {
            for (int batch = 0; batch < batches; batch++) {
                CountDownLatch running = new CountDownLatch(batchSize);
                Runnable task = running::countDown;
                for (int i = 0; i < batchSize; i++) {
                    Thread.startVirtualThread(task);
                }
                running.await();
            }
        });
        return (double) elapsed / (batches * batchSize);
    }

    static double spawnChain() throws Exception {
        final int length = 1_000_000;
        long elapsed = Tasks.timeOf(() -> {
            CountDownLatch ended = new CountDownLatch(1);
            Thread.startVirtualThread(() -> runLink(length - 1, ended));
            ended.await();
        });
        return (double) elapsed / length;
    }

    /** Spawns the successor, unless this is the last link of the chain. */
    private static void runLink(int successors, CountDownLatch ended) {
        if (successors == 0) {
            ended.countDown();
        } else {
            Thread.startVirtualThread(() -> runLink(successors - 1, ended));
        }
    }

    static double skynet() throws Exception {
        final long leaves = 1_000_000;
        BlockingQueue<Long> sum = new ArrayBlockingQueue<>(1);
        long elapsed = Tasks.timeOf(() -> {
            Tasks.start(() -> runSkynetNode(sum, 0, leaves));
            LoomBench.check("skynet", sum.take(), leaves * (leaves - 1) / 2);
        });
        return Tasks.milliseconds(elapsed);
    }

    /** Puts the sum of the numbers of this node's leaves into the queue of its parent. */
    private static void runSkynetNode(BlockingQueue<Long> parent, long first, long leaves)
            throws InterruptedException {
        final int branching = 10;
        if (leaves == 1) {
            parent.put(first);
            return;
        }
        BlockingQueue<Long> sums = new ArrayBlockingQueue<>(branching);
        long childLeaves = leaves / branching;
        for (int child = 0; child < branching; child++) {
            long childFirst = first + child * childLeaves;
            Tasks.start(() -> runSkynetNode(sums, childFirst, childLeaves));
        }
        long sum = 0;
        for (int child = 0; child < branching; child++) {
            sum += sums.take();
        }
        parent.put(sum);
    }

    static double yield() throws Exception {
        final int tasks = 2;
        final int yieldsPerTask = 500_000;
        long elapsed = Tasks.timeOf(() -> Tasks.join(Tasks.startMany(tasks, () -> {
            for (int i = 0; i < yieldsPerTask; i++) {
                Thread.yield();
            }
        })));
        return (double) elapsed / (tasks * yieldsPerTask);
    }

    static double fibForkJoin() throws Exception {
        long elapsed = Tasks.timeOf(() -> LoomBench.check("fib", fib(27), 196_418));
        return Tasks.milliseconds(elapsed);
    }

    private static long fib(int n) throws InterruptedException, ExecutionException {
        if (n <= 1) {
            return n;
        }
        FutureTask<Long> forked = new FutureTask<>(() -> fib(n - 1));
        Thread.startVirtualThread(forked);
        long inline = fib(n - 2);
        return forked.get() + inline;
    }
}
