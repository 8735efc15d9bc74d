// SPDX-License-Identifier: Apache-2.0
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Computation split over virtual threads. */
final class Hashing {
    private Hashing() {}

    static double parallelSha1() throws Exception {
        final int tasks = 16;
        final int numbersPerTask = 2_000_000 / tasks;
        AtomicLong checksum = new AtomicLong();
        long elapsed = Tasks.timeOf(() -> {
            List<Thread> threads = new ArrayList<>();
            for (int task = 0; task < tasks; task++) {
                int first = task * numbersPerTask;
                threads.add(Tasks.start(() ->
                        checksum.addAndGet(sumOfDigests(first, first + numbersPerTask))));
            }
            Tasks.join(threads);
        });
        LoomBench.check("parallel_sha1", checksum.get(), 4_295_224_834_023_566L);
        return Tasks.milliseconds(elapsed);
    }

    /**
     * Hashes the decimal strings of the numbers from first up to end, which is excluded, and
     * returns the sum of the first 4 bytes of each digest.
     */
    private static long sumOfDigests(int first, int end) throws NoSuchAlgorithmException {
        MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
        long sum = 0;
        for (int n = first; n < end; n++) {
            byte[] text = Integer.toString(n).getBytes(StandardCharsets.ISO_8859_1);
            sum += Integer.toUnsignedLong(ByteBuffer.wrap(sha1.digest(text)).getInt());
        }
        return sum;
    }
}
