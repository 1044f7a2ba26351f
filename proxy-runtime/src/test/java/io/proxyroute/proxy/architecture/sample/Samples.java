package io.proxyroute.proxy.architecture.sample;

/** Three classes that depend on each other, one of them only through a nested class. */
class Door {
    House house;
}

class House {
    Room room;
    Key key;

    static final class Room {
        Door[] doors;
    }
}

class Key {
    void open(Object lock) {
        ((Door) lock).toString();
    }
}

/** A listener and its implementer: no knot, since the interface does not know who implements it. */
interface Listener {
    void rang();
}

class Bell {
    Listener listener;
}

class Owner implements Listener {
    Bell bell;

    @Override
    public void rang() {}
}

/** A sealed family: a knot as soon as the interface uses its members. */
sealed interface Shape permits Circle, Square {
    static Shape round() {
        return new Circle();
    }

    static Shape angular() {
        return new Square();
    }
}

record Circle() implements Shape {}

record Square() implements Shape {}
