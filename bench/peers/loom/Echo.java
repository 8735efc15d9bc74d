// SPDX-License-Identifier: Apache-2.0
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** Request and response over loopback, a virtual thread at each end of each connection. */
final class Echo {
    private static final int MESSAGE_SIZE = 64;

    private Echo() {}

    static double tcpEcho() throws Exception {
        final int clients = 64;
        final int roundTripsPerClient = 400;
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket listener = new ServerSocket(0, clients, loopback)) {
            Tasks.start(() -> serve(listener));
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
                socket.setTcpNoDelay(true);
                sockets.add(socket);
            }

            long elapsed = Tasks.timeOf(() -> {
                List<Thread> threads = new ArrayList<>();
                for (Socket socket : sockets) {
                    threads.add(Tasks.start(() -> requestEchoes(socket, roundTripsPerClient)));
                }
                Tasks.join(threads);
            });

            for (Socket socket : sockets) {
                socket.close();
            }
            return clients * roundTripsPerClient / (elapsed / 1e9) / 1e3;
        }
    }

    /** Starts a virtual thread per connection, until listener is closed. */
    private static void serve(ServerSocket listener) throws IOException {
        try {
            while (true) {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                Tasks.start(() -> echo(socket));
            }
        } catch (SocketException closed) {
            // The benchmark is over.
        }
    }

    private static void echo(Socket socket) throws IOException {
        byte[] buffer = new byte[MESSAGE_SIZE];
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            for (int size = in.read(buffer); size > 0; size = in.read(buffer)) {
                out.write(buffer, 0, size);
            }
        }
    }

    private static void requestEchoes(Socket socket, int roundTrips) throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        byte[] request = new byte[MESSAGE_SIZE];
        byte[] reply = new byte[MESSAGE_SIZE];
        for (int i = 0; i < roundTrips; i++) {
            request[0] = (byte) i;
            out.write(request);
            if (in.readNBytes(reply, 0, MESSAGE_SIZE) < MESSAGE_SIZE) {
                throw new EOFException();
            }
            LoomBench.check("tcp_echo", reply[0], request[0]);
        }
    }
}
