package io.proxyroute.bench;

/** What is measured side by side. */
enum AbVariant {
    BASE("base"),
    BASE_REPEAT("base (repeat)"),
    HEAD("head");

    private final String label;

    AbVariant(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
