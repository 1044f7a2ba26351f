package io.proxyroute.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LogTest {

    private final Logger logger = new LoggerContext().getLogger("a");
    private final RepeatFilter filter = new RepeatFilter();

    private LoggingEvent event(String message, Throwable failure, long millis) {
        LoggingEvent event = new LoggingEvent("x", logger, Level.WARN, message, failure, null);
        event.setTimeStamp(millis);
        return event;
    }

    private FilterReply decide(String message, Throwable failure, long millis) {
        return filter.decide(event(message, failure, millis));
    }

    @Test
    void passesOneFailureOfAKindInTenSeconds() {
        assertThat(decide("m", new IOException("1"), 0)).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("m", new IOException("2"), 0)).isEqualTo(FilterReply.DENY);
        assertThat(decide("m", new IllegalStateException(), 1)).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("n", new IOException("3"), 1)).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("m", new IOException("4"), 9_999)).isEqualTo(FilterReply.DENY);
        assertThat(decide("m", new IOException("5"), 10_000)).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("m", new IOException("6"), 10_001)).isEqualTo(FilterReply.DENY);
    }

    @Test
    void passesMessagesWithoutException() {
        for (int i = 0; i < 100; i++) {
            assertThat(decide("m", null, i)).isEqualTo(FilterReply.NEUTRAL);
        }
    }

    @Test
    void leavesOutStackOfExhaustion() {
        ExceptionText text = new ExceptionText();
        text.start();

        assertThat(text.convert(event("m", new IOException("accept(..) failed: Too many open files"), 0)))
                .isEqualTo("java.io.IOException: accept(..) failed: Too many open files" + System.lineSeparator());
        assertThat(text.convert(event("m", new RuntimeException(new OutOfMemoryError("Java heap space")), 0)))
                .doesNotContain("\tat ");
        assertThat(text.convert(event("m", new IllegalStateException("a bug"), 0)))
                .contains("\tat io.proxyroute");
        assertThat(text.convert(event("m", null, 0))).isEmpty();
    }
}
