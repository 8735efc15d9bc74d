// SPDX-License-Identifier: Apache-2.0
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Queues between virtual threads. */
final class Channels {
    /** The item after which a consumer ends. */
    private static final long END = -1;

    private Channels() {}

    static double pingpong() throws Exception {
        final int roundTrips = 500_000;
        BlockingQueue<Long> pings = new SynchronousQueue<>();
        BlockingQueue<Long> pongs = new SynchronousQueue<>();
        Thread echo = Tasks.start(() -> {
            for (long value = pings.take(); value != END; value = pings.take()) {
                pongs.put(value);
            }
        });
        long elapsed = Tasks.timeOf(() -> {
            for (long i = 0; i < roundTrips; i++) {
                pings.put(i);
                pongs.take();
            }
        });
        pings.put(END);
        echo.join();
        return (double) elapsed / roundTrips;
    }

    static double buffered() throws Exception {
        return transfer(new ArrayBlockingQueue<>(128), 1, 1, 2_000_000);
    }

    static double mpmc() throws Exception {
        return transfer(new ArrayBlockingQueue<>(128), 8, 8, 2_000_000);
    }

    static double fanIn() throws Exception {
        return transfer(new SynchronousQueue<>(), 100, 1, 500_000);
    }

    /** Moves items through a queue and returns the nanoseconds per item. */
    private static double transfer(
            BlockingQueue<Long> queue, int producers, int consumers, int items) throws Exception {
        AtomicLong received = new AtomicLong();
        long elapsed = Tasks.timeOf(() -> {
            List<Thread> consuming =
                    Tasks.startMany(consumers, () -> received.addAndGet(countUntilEnd(queue)));
            List<Thread> producing =
                    Tasks.startMany(producers, () -> putNumbers(queue, items / producers));
            Tasks.join(producing);
            for (int i = 0; i < consumers; i++) {
                queue.put(END);
            }
            Tasks.join(consuming);
        });
        LoomBench.check("items received", received.get(), items);
        return (double) elapsed / items;
    }

    private static void putNumbers(BlockingQueue<Long> queue, long count)
            throws InterruptedException {
        for (long i = 0; i < count; i++) {
            queue.put(i);
        }
    }

    private static long countUntilEnd(BlockingQueue<Long> queue) throws InterruptedException {
        long count = 0;
        while (queue.take() != END) {
            count++;
        }
        return count;
    }

    static double selectDefault() throws Exception {
        final int attempts = 100_000_000;
        // Without the opaque read the compiler takes the poll out of the loop.
        AtomicReference<BlockingQueue<Long>> empty =
                new AtomicReference<>(new SynchronousQueue<>());
        long elapsed = Tasks.timeOf(() -> {
            long misses = 0;
            for (int i = 0; i < attempts; i++) {
                if (empty.getOpaque().poll() == null) {
                    misses++;
                }
            }
            LoomBench.check("select_default", misses, attempts);
        });
        return (double) elapsed / attempts;
    }

    static double ring() throws Exception {
        final int tasks = 1_000;
        final int laps = 500;
        BlockingQueue<Long> first = new SynchronousQueue<>();
        BlockingQueue<Long> last = first;
        for (int i = 0; i < tasks - 1; i++) {
            BlockingQueue<Long> from = last;
            BlockingQueue<Long> to = new SynchronousQueue<>();
            Tasks.start(() -> passToken(from, to));
            last = to;
        }
        // This thread is the remaining task of the ring.
        BlockingQueue<Long> back = last;
        long elapsed = Tasks.timeOf(() -> {
            long token = 0;
            for (int lap = 0; lap < laps; lap++) {
                first.put(token);
                token = back.take() + 1;
            }
            LoomBench.check("ring", token, tasks * laps);
        });
        first.put(END);
        back.take();
        return (double) elapsed / (tasks * laps);
    }

    private static void passToken(BlockingQueue<Long> from, BlockingQueue<Long> to)
            throws InterruptedException {
        for (long token = from.take(); token != END; token = from.take()) {
            to.put(token + 1);
        }
        to.put(END);
    }

    static double sieve() throws Exception {
        final int primes = 1_500;
        AtomicBoolean stop = new AtomicBoolean();

        long start = System.nanoTime();
        BlockingQueue<Long> numbers = new SynchronousQueue<>();
        BlockingQueue<Long> generated = numbers;
        Tasks.start(() -> generate(generated, stop));
        long prime = 0;
        for (int i = 0; i < primes; i++) {
            prime = numbers.take();
            long divisor = prime;
            BlockingQueue<Long> unfiltered = numbers;
            BlockingQueue<Long> survivors = new SynchronousQueue<>();
            Tasks.start(() -> filter(divisor, unfiltered, survivors));
            numbers = survivors;
        }
        long elapsed = System.nanoTime() - start;

        LoomBench.check("sieve", prime, 12_553);
        stop.set(true);
        countUntilEnd(numbers); // until the last filter has ended
        return Tasks.milliseconds(elapsed);
    }

    /** Puts 2, 3, 4, … until told to stop. */
    private static void generate(BlockingQueue<Long> numbers, AtomicBoolean stop)
            throws InterruptedException {
        for (long n = 2; !stop.get(); n++) {
            numbers.put(n);
        }
        numbers.put(END);
    }

    /** Passes on what prime does not divide. */
    private static void filter(
            long prime, BlockingQueue<Long> numbers, BlockingQueue<Long> survivors)
            throws InterruptedException {
        for (long n = numbers.take(); n != END; n = numbers.take()) {
            if (n % prime != 0) {
                survivors.put(n);
            }
        }
        survivors.put(END);
    }
}
