// SPDX-License-Identifier: Apache-2.0
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The Java virtual threads (Loom) program of the common benchmark set; run.sh builds and runs it.
 *
 * <p>It prints one line per figure, "name value unit": the median of the samples (SAMPLES,
 * default 5) taken after one warm-up. WORKERS (default 2) sets the parallelism of the virtual
 * thread scheduler. Secondary figures go to standard error, on lines that start with '#'.
 *
 * <p>Left out: select2, since no blocking queue of the JDK can be waited for together with another.
 *
 * <p>Deviations from the common set, and readings of it where it leaves a choice:
 * <ul>
 * <li>The benchmarks run in a virtual thread, so that spawns and hand-overs stay in the scheduler.
 * <li>An unbuffered channel is a SynchronousQueue, a buffered one an ArrayBlockingQueue. Items are
 *     boxed Longs. A queue cannot be closed, so a negative item stands for the end.
 * <li>WORKERS bounds the threads that carry virtual threads. The garbage collector, the compiler
 *     and the network poller have threads of their own beside them.
 * <li>run.sh selects the parallel collector and a heap of 6 GB at most.
 * <li>spawn_join waits on a CountDownLatch per batch of 1,000.
 * <li>yield runs in a child process with one carrier thread.
 * <li>select_default is SynchronousQueue.poll on a queue read anew for each attempt.
 * <li>sieve's clock stops at the 1,500th prime; the filters are taken down off the clock.
 * <li>waitgroup_fanout times the whole life of the tasks (start, park, release, join). The part
 *     from the release on is printed as a secondary figure.
 * <li>sleep_many prints the whole wall time; take 100 off for the excess.
 * <li>timer_churn uses a ScheduledThreadPoolExecutor that removes what is cancelled. The same on
 *     the ForkJoinPool of JDK 25 is printed as a secondary figure.
 * <li>parked_memory takes each sample in a fresh process, without a warm-up, and collects garbage
 *     before both readings of VmRSS. What VmRSS grows by includes room the collector keeps free;
 *     the growth of the used heap is printed as a secondary figure.
 * <li>fib_forkjoin joins through a FutureTask.
 * <li>tcp_echo has the clients in the same process; connecting is off the clock.
 * </ul>
 */
final class LoomBench {
    private static final int SAMPLE_COUNT = numberFromEnv("SAMPLES", 5);

    /** Prints a single sample of the benchmark that follows; isolated ones are started this way. */
    private static final String ONCE_FLAG = "--once";

    private static final String WORKERS_PROPERTY = "jdk.virtualThreadScheduler.parallelism";
    private static final String MAX_WORKERS_PROPERTY = "jdk.virtualThreadScheduler.maxPoolSize";

    private static final String NS_PER_OP = "ns/op";
    private static final String MS = "ms";
    private static final String KOP_PER_SEC = "kop/s";
    private static final String BYTES_PER_TASK = "B/task";

    private static final List<Benchmark> BENCHMARKS = List.of(
            new Benchmark("spawn_join", NS_PER_OP, Spawning::spawnJoin),
            new Benchmark("spawn_chain", NS_PER_OP, Spawning::spawnChain),
            new Benchmark("skynet", MS, Spawning::skynet),
            new Benchmark("yield", NS_PER_OP, Spawning::yield, Placement.ONE_WORKER),
            new Benchmark("chan_pingpong", NS_PER_OP, Channels::pingpong),
            new Benchmark("chan_buffered", NS_PER_OP, Channels::buffered),
            new Benchmark("chan_mpmc", NS_PER_OP, Channels::mpmc),
            new Benchmark("chan_fanin", NS_PER_OP, Channels::fanIn),
            new Benchmark("select_default", NS_PER_OP, Channels::selectDefault),
            new Benchmark("ring", NS_PER_OP, Channels::ring),
            new Benchmark("sieve", MS, Channels::sieve),
            new Benchmark("mutex_contended", NS_PER_OP, Synchronizers::mutexContended),
            new Benchmark("waitgroup_fanout", NS_PER_OP, Synchronizers::waitGroupFanout),
            new Benchmark("sleep_many", MS, Timers::sleepMany),
            new Benchmark("timer_churn", NS_PER_OP, Timers::timerChurn),
            new Benchmark("parked_memory", BYTES_PER_TASK, ParkedMemory::sample,
                    Placement.FRESH_PROCESS),
            new Benchmark("fib_forkjoin", MS, Spawning::fibForkJoin),
            new Benchmark("parallel_sha1", MS, Hashing::parallelSha1),
            new Benchmark("tcp_echo", KOP_PER_SEC, Echo::tcpEcho));

    /** Samples of secondary figures, by description. */
    private static final Map<String, List<Double>> NOTES = new TreeMap<>();

    private enum Placement { IN_PROCESS, ONE_WORKER, FRESH_PROCESS }

    /** A body that runs once and returns the figure. */
    private interface Sample {
        double take() throws Exception;
    }

    private record Benchmark(String name, String unit, Sample sample, Placement placement) {
        Benchmark(String name, String unit, Sample sample) {
            this(name, unit, sample, Placement.IN_PROCESS);
        }
    }

    private LoomBench() {}

    public static void main(String[] args) throws InterruptedException {
        Tasks.start(() -> runBenchmarks(List.of(args))).join();
    }

    private static void runBenchmarks(List<String> args) throws Exception {
        if (args.size() == 2 && args.getFirst().equals(ONCE_FLAG)) {
            Benchmark benchmark = find(args.getLast());
            double value = benchmark.sample.take();
            System.out.printf("%s %.1f %s%n", benchmark.name, value, benchmark.unit);
        } else {
            List<Benchmark> selected = args.isEmpty()
                    ? BENCHMARKS
                    : args.stream().map(LoomBench::find).toList();
            for (Benchmark benchmark : selected) {
                report(benchmark);
            }
        }
        flushNotes();
    }

    private static int numberFromEnv(String variable, int otherwise) {
        String text = System.getenv(variable);
        return text == null || text.isEmpty() ? otherwise : Integer.parseInt(text);
    }

    private static Benchmark find(String name) {
        return BENCHMARKS.stream()
                .filter(benchmark -> benchmark.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no benchmark is called " + name));
    }

    private static void report(Benchmark benchmark) throws Exception {
        double value = switch (benchmark.placement) {
            case IN_PROCESS -> measureHere(benchmark.sample);
            case FRESH_PROCESS ->
                    median(() -> valueFromChild(List.of(), List.of(ONCE_FLAG, benchmark.name)));
            case ONE_WORKER -> Integer.getInteger(WORKERS_PROPERTY) == 1
                    ? measureHere(benchmark.sample)
                    : valueFromChild(oneWorker(), List.of(benchmark.name));
        };
        System.out.printf("%s %.1f %s%n", benchmark.name, value, benchmark.unit);
        flushNotes();
    }

    private static double measureHere(Sample sample) throws Exception {
        System.gc(); // start without the garbage of the benchmark before
        sample.take(); // warm up
        NOTES.clear();
        return median(sample);
    }

    private static double median(Sample sample) throws Exception {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < SAMPLE_COUNT; i++) {
            values.add(sample.take());
        }
        return middle(values);
    }

    private static double middle(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static List<String> oneWorker() {
        return List.of("-D" + WORKERS_PROPERTY + "=1", "-D" + MAX_WORKERS_PROPERTY + "=1");
    }

    /** Runs this program with further options and returns the value it prints. */
    private static double valueFromChild(List<String> options, List<String> args)
            throws Exception {
        String java = ProcessHandle.current().info().command().orElseThrow();
        List<String> command = Stream.of(
                        List.of(java),
                        ManagementFactory.getRuntimeMXBean().getInputArguments(),
                        options,
                        List.of("-cp", System.getProperty("java.class.path")),
                        List.of(LoomBench.class.getName()),
                        args)
                .flatMap(List::stream)
                .toList();
        Process child = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(child.getInputStream().readAllBytes());
        if (child.waitFor() != 0) {
            throw new IllegalStateException("failed: " + String.join(" ", command));
        }
        return Double.parseDouble(output.split(" ")[1]);
    }

    static void note(String description, double value) {
        NOTES.computeIfAbsent(description, key -> new ArrayList<>()).add(value);
    }

    /** Prints the median of each secondary figure. */
    private static void flushNotes() {
        NOTES.forEach((description, values) ->
                System.err.printf("# %s: %.1f%n", description, middle(values)));
        NOTES.clear();
    }

    /** Stops the program if a benchmark computed a wrong result. */
    static void check(String what, long got, long want) {
        if (got != want) {
            throw new IllegalStateException(what + ": got " + got + ", want " + want);
        }
    }
}
