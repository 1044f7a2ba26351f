package io.proxyroute.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayDurationTest {

    @Property
    void formatAndParseRoundTripWholeMilliseconds(@ForAll @LongRange(max = 99_999L * 3_600_000) long millis) {
        Duration duration = Duration.ofMillis(millis);
        assertThat(GatewayDuration.of(duration).toJava()).isEqualTo(duration);
    }

    @Property
    void parseAddsUpAllParts(
            @ForAll @IntRange(max = 99_999) int hours,
            @ForAll @IntRange(max = 99_999) int minutes,
            @ForAll @IntRange(max = 99_999) int seconds,
            @ForAll @IntRange(max = 99_999) int millis) {
        String text = hours + "h" + minutes + "m" + seconds + "s" + millis + "ms";
        assertThat(GatewayDuration.parse(text).toJava())
                .isEqualTo(Duration.ofHours(hours)
                        .plusMinutes(minutes)
                        .plusSeconds(seconds)
                        .plusMillis(millis));
        assertThat(text.length()).isLessThanOrEqualTo(GatewayDuration.MAX_LENGTH);
    }

    @Test
    void knowsDays() {
        assertThat(GatewayDuration.parse("7d").toJava()).isEqualTo(Duration.ofDays(7));
        assertThat(GatewayDuration.parse("1d12h").toJava()).isEqualTo(Duration.ofHours(36));
    }

    @Test
    void keepsTextAsWritten() {
        assertThat(GatewayDuration.parse("300s")).hasToString("300s");
        assertThat(GatewayDuration.of(Duration.ofSeconds(300))).hasToString("5m");
        assertThat(GatewayDuration.of(Duration.ZERO)).hasToString("0s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "s",
                "1000d",
                "1h1d",
                "1d1d",
                "-1s",
                "1.5s",
                "100000s",
                "1h1h1h1h1h",
                "5s\n",
                " 5s",
                "PT5S"
            })
    void parseRejectsOtherFormats(String text) {
        assertThatThrownBy(() -> GatewayDuration.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("for example 7d, 1h30m or 500ms");
    }

    @Test
    void ofRejectsNegativeAndTooLongDurations() {
        assertThatThrownBy(() -> GatewayDuration.of(Duration.ofMillis(-1)))
                .hasMessageContaining("between 0s and 99999h");
        assertThatThrownBy(() -> GatewayDuration.of(Duration.ofHours(100_000)))
                .hasMessageContaining("between 0s and 99999h");
    }
}
