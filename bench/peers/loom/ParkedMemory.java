// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedTransferQueue;

/** What a parked virtual thread costs. */
final class ParkedMemory {
    private static final int TASKS = 1_000_000;

    private ParkedMemory() {}

    static double sample() throws Exception {
        System.gc();
        long residentBefore = residentBytes();
        long heapBefore = usedHeapBytes();

        LinkedTransferQueue<Long> never = new LinkedTransferQueue<>();
        CountDownLatch arriving = new CountDownLatch(TASKS);
        for (int i = 0; i < TASKS; i++) {
            Tasks.start(() -> {
                arriving.countDown();
                receive(never);
            });
        }
        arriving.await();
        while (never.getWaitingConsumerCount() < TASKS) {
            Thread.sleep(10);
        }
        System.gc();

        LoomBench.note("parked_memory, growth of the used heap, B/task",
                (double) (usedHeapBytes() - heapBefore) / TASKS);
        return (double) (residentBytes() - residentBefore) / TASKS;
    }

    private static long receive(LinkedTransferQueue<Long> queue) throws InterruptedException {
        return queue.take();
    }

    private static long usedHeapBytes() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Returns the VmRSS of this process. */
    private static long residentBytes() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(candidate -> candidate.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
    }
}
