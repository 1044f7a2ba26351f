package io.proxyroute.proxy.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {

    private final Fields fields = new Fields();

    @Test
    void namesAreCaseInsensitive() {
        fields.add("X-A", "1");
        fields.add("x-a", "2");

        assertThat(fields.contains("x-A")).isTrue();
        assertThat(fields.get("x-a")).isEqualTo("1");
        assertThat(fields.getAll("X-a")).containsExactly("1", "2");
    }

    @Test
    void setReplacesAllValues() {
        fields.add("x", "1");
        fields.add("X", "2");
        fields.set("x", "3");

        assertThat(fields.getAll("x")).containsExactly("3");
    }

    @Test
    void setAllReplacesAllFields() {
        fields.add("x", "1");
        Fields others = new Fields();
        others.add("y", "2");
        fields.setAll(others);

        assertThat(fields.contains("x")).isFalse();
        assertThat(fields.getAll("y")).containsExactly("2");
    }

    @Test
    void copyIsIndependent() {
        fields.add("x", "1");
        Fields copy = fields.copy();
        copy.set("x", "2");
        fields.remove("x");

        assertThat(fields.isEmpty()).isTrue();
        assertThat(copy.get("x")).isEqualTo("2");
    }

    @Test
    void editsWrappedHeaders() {
        HttpHeaders headers = new DefaultHttpHeaders();
        Fields.wrap(headers).add("x", "1");

        assertThat(headers.get("x")).isEqualTo("1");
    }

    @Test
    void getIntReturnsDefaultIfAbsentOrMalformed() {
        fields.set("max-forwards", "3");
        fields.set("x", "three");

        assertThat(fields.getInt("max-forwards", -1)).isEqualTo(3);
        assertThat(fields.getInt("x", -1)).isEqualTo(-1);
        assertThat(fields.getInt("y", -1)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nx: y", "a\nb", "a\rb", "a\u0000b"})
    void rejectsValueWithLineBreakOrNul(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> fields.set("x", value));
        assertThatIllegalArgumentException().isThrownBy(() -> fields.add("x", value));
        assertThat(fields.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "a\r\nb", "a\u0000"})
    void rejectsNameThatIsNotToken(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> fields.add(name, "1"));
        assertThat(fields.isEmpty()).isTrue();
    }
}
