package io.proxyroute.proxy.pool;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A DNS server (RFC 1035) with one name: it answers each question of type A with the same records. */
final class DnsServer implements AutoCloseable {

    private static final int HEADER = 12;
    private static final int TYPE_A = 1;

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final AtomicInteger queries = new AtomicInteger();
    private volatile List<String> addresses;
    private volatile int ttlSeconds = 1;
    private volatile boolean truncating;
    private volatile boolean failing;

    DnsServer(String... addresses) throws IOException {
        this.addresses = List.of(addresses);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        DatagramSocket datagrams = null;
        ServerSocket connections = null;
        while (connections == null) {
            datagrams = new DatagramSocket(0, loopback);
            try {
                connections = new ServerSocket(datagrams.getLocalPort(), 10, loopback);
            } catch (BindException e) {
                datagrams.close(); // the port is free for UDP only
            }
        }
        this.udp = datagrams;
        this.tcp = connections;
        Thread.ofVirtual().start(this::serveUdp);
        Thread.ofVirtual().start(this::serveTcp);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) udp.getLocalSocketAddress();
    }

    void addresses(String... now) {
        addresses = List.of(now);
    }

    void ttl(int seconds) {
        ttlSeconds = seconds;
    }

    /** Over UDP, answers without records from now on, and with the flag that says so. */
    void truncate() {
        truncating = true;
    }

    /** Answers that the server has failed, from now on. */
    void fail() {
        failing = true;
    }

    /** The number of questions of type A so far. */
    int queries() {
        return queries.get();
    }

    private void serveUdp() {
        byte[] buffer = new byte[512];
        while (!udp.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                udp.receive(packet);
                byte[] response = response(buffer, packet.getLength(), truncating);
                udp.send(new DatagramPacket(response, response.length, packet.getSocketAddress()));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try (Socket client = tcp.accept()) {
                DataInputStream in = new DataInputStream(client.getInputStream());
                byte[] query = in.readNBytes(in.readUnsignedShort());
                byte[] response = response(query, query.length, false);
                DataOutputStream out = new DataOutputStream(client.getOutputStream());
                out.writeShort(response.length);
                out.write(response);
                out.flush();
                in.read(); // until the client closes
            } catch (IOException e) {
                // closed, or the client has left
            }
        }
    }

    private byte[] response(byte[] query, int length, boolean truncated) {
        int end = HEADER;
        while (query[end] != 0) {
            end += query[end] + 1;
        }
        end += 5; // the root label, type and class
        int type = ByteBuffer.wrap(query).getShort(end - 4);
        if (type == TYPE_A) {
            queries.incrementAndGet();
        }
        List<String> records = type == TYPE_A && !truncated && !failing ? addresses : List.of();
        ByteArrayOutputStream response = new ByteArrayOutputStream();
        response.write(query, 0, 2); // the id
        response.write(truncated ? 0x83 : 0x81);
        response.write(failing ? 0x82 : 0x80);
        response.writeBytes(new byte[] {0, 1, 0, (byte) records.size(), 0, 0, 0, 0});
        response.write(query, HEADER, end - HEADER);
        for (String record : records) {
            // The name is a pointer to the question's.
            response.writeBytes(new byte[] {(byte) 0xc0, HEADER, 0, TYPE_A, 0, 1});
            response.writeBytes(ByteBuffer.allocate(4).putInt(ttlSeconds).array());
            response.writeBytes(new byte[] {0, 4});
            response.writeBytes(InetAddress.ofLiteral(record).getAddress());
        }
        return response.toByteArray();
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}
