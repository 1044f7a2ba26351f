package io.proxyroute.proxy.http1;

/**
 * Finds header names that contain a blank, in the bytes of a response's head; a line may arrive in pieces. A blank before
 * the colon is allowed, since a proxy must remove it from responses (RFC 9112, section 5.1), and so is one at the start of
 * a line, which continues the line before it (section 5.2).
 */
final class HeaderNameScan {

    private enum Position {
        STATUS_LINE,
        LINE_START,
        NAME,
        AFTER_NAME,
        VALUE
    }

    private Position position = Position.STATUS_LINE;
    private boolean invalid;

    /** Starts with another head. */
    void reset() {
        position = Position.STATUS_LINE;
        invalid = false;
    }

    boolean isInvalid() {
        return invalid;
    }

    void check(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            byte value = bytes[i];
            switch (position) {
                case STATUS_LINE, VALUE -> {
                    if (value == '\n') {
                        position = Position.LINE_START;
                    }
                }
                case LINE_START, NAME -> name(value);
                case AFTER_NAME -> {
                    if (value == ':') {
                        position = Position.VALUE;
                    } else if (!isBlank(value)) {
                        invalid = true;
                    }
                }
            }
        }
    }

    private void name(byte value) {
        if (value == ':') {
            position = Position.VALUE;
        } else if (value == '\n') {
            position = Position.LINE_START;
        } else if (isBlank(value)) {
            position = position == Position.LINE_START ? Position.VALUE : Position.AFTER_NAME;
        } else if (value != '\r') {
            position = Position.NAME;
        }
    }

    private static boolean isBlank(byte value) {
        return value == ' ' || value == '\t';
    }
}
