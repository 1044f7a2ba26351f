"""Runs a command in a pseudo-terminal and records its output as an asciicast (version 2).

The format is documented at https://docs.asciinema.org/manual/asciicast/v2/.
"""

import codecs
import fcntl
import json
import os
import pty
import signal
import struct
import sys
import termios
import time


def record(path, columns, rows, command):
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.pop("COLUMNS", None)
        os.environ["TERM"] = "xterm-256color"
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.execvp(command[0], command)
    signal.signal(signal.SIGINT, lambda *_: os.killpg(pid, signal.SIGINT))
    start = time.monotonic()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with open(path, "w", encoding="utf-8") as file:
        header = {"version": 2, "width": columns, "height": rows, "command": " ".join(command)}
        file.write(json.dumps(header) + "\n")
        while True:
            try:
                data = os.read(terminal, 65536)
            except OSError:  # Linux reports the end of a pseudo-terminal as EIO.
                data = b""
            if not data:
                break
            text = decoder.decode(data)
            sys.stdout.write(text)
            sys.stdout.flush()
            file.write(json.dumps([round(time.monotonic() - start, 3), "o", text], ensure_ascii=False) + "\n")
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(record(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
