package io.proxyroute.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.netty.buffer.Unpooled;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BodyPipeTest {

    private final AtomicInteger demands = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();

    /** Adds one letter per demand, up to {@code abc}, then ends. */
    private final BodyPipe pipe = new BodyPipe(this::addLetter, ends::incrementAndGet);

    private void addLetter() {
        int n = demands.incrementAndGet();
        if (n <= 3) {
            add("" + (char) ('a' + n - 1));
        } else {
            pipe.complete();
        }
    }

    private void add(String text) {
        pipe.add(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    @Test
    void demandsMoreOnlyWhenEmptyAndReportsEndOnce() throws Exception {
        assertThat(pipe.read()).isEqualTo('a');
        assertThat(demands).hasValue(1);
        assertThat(new String(pipe.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("bc");
        assertThat(pipe.read()).isEqualTo(-1);
        assertThat(demands).hasValue(4);
        assertThat(ends).hasValue(1);
    }

    @Test
    void returnsUnreadBytesInOrder() throws Exception {
        add("xyz");
        add("12");
        assertThat(pipe.read()).isEqualTo('x');

        assertThat(pipe.drainUnread()).containsExactly("yz".getBytes(), "12".getBytes());
        assertThat(demands).hasValue(0);
    }

    @Test
    void failsAfterBufferedBytes() throws Exception {
        add("x");
        pipe.fail("the exchange has ended");

        assertThat(pipe.read()).isEqualTo('x');
        assertThatIOException().isThrownBy(pipe::read).withMessage("the exchange has ended");
        assertThat(ends).hasValue(0);
    }

    @Test
    void interruptEndsWait() {
        BodyPipe silent = new BodyPipe(() -> {}, () -> {});
        Thread.currentThread().interrupt();

        assertThatIOException().isThrownBy(silent::read).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
