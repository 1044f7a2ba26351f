package io.proxyroute.bench;

/** The builds that a comparison runs. */
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
