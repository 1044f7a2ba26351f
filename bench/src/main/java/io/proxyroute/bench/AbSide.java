package io.proxyroute.bench;

/** What is measured side by side. */
enum AbSide {
    BASE("base"),
    BASE_AGAIN("base again"),
    HEAD("head");

    private final String label;

    AbSide(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
