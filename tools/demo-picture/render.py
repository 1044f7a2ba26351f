"""Renders a recorded run of `make demo` as an SVG.

A terminal redraws the demo's panel in place, so its last screen no longer shows the leak. The picture therefore keeps the
panel at three moments: when the leak is detected, while a replacement starts, and at the end. All text comes from the
recording; only the steps that start the cluster and most of the summary are left out, each marked by an ellipsis.
"""

import io
import json
import re
import sys

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

TOKENS = re.compile(r"\r?\n|\r\x1b\[K|\x1b\[(\d+)A\x1b\[J|\r")
EVENT = re.compile(r"● +\d+:\d\d +(\w+):")
SUMMARY_LABEL = re.compile(r"^  [A-Z]")
KEPT_STEPS = ("Operator", "Backend", "Route", "Visitors", "Indexer")
ELLIPSIS = "  …"
KEPT_ENTRIES = ("What leaked", "Requests")
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
CELL_WIDTH = 12.2  # of a character in rich's SVG
NO_BREAK_SPACE = "&#160;"
LEADING_SPACES = re.compile(r'x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"([^>]*)>((?:&#160;)+)(?=[^&<])')
THEME = TerminalTheme(
    (22, 27, 34),
    (201, 209, 217),
    [(72, 79, 88), (255, 123, 114), (86, 211, 100), (227, 179, 65), (121, 192, 255), (210, 168, 255), (86, 212, 221),
     (177, 186, 196)],
)


def move_start(match):
    """Replaces leading spaces by a larger x, since some renderers drop them."""
    x, y, length, rest, spaces = match.groups()
    count = spaces.count(NO_BREAK_SPACE)
    return f'x="{float(x) + count * CELL_WIDTH:g}" y="{y}" textLength="{float(length) - count * CELL_WIDTH:g}"{rest}>'


def plain(line):
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


def replay(path):
    """Returns the width, the permanent lines, and per number of permanent lines above it the last panel shown there."""
    with open(path, encoding="utf-8") as file:
        width = json.loads(file.readline())["width"]
        output = "".join(json.loads(line)[2] for line in file)
    lines, panels, current, position = [], {}, "", 0
    for token in TOKENS.finditer(output):
        current += output[position:token.start()]
        position = token.end()
        if token.group().endswith("\n"):
            lines.append(current)
            current = ""
        elif token.group(1):
            height = int(token.group(1))
            if height > 1:
                panels[len(lines) - height] = lines[-height:]
            del lines[-height:]
        else:
            current = ""
    return width, lines, panels


def select(lines, panels):
    """Chooses the lines of the picture."""
    texts = [plain(line) for line in lines]
    events = [i for i, text in enumerate(texts) if text.startswith("  ●")]
    if not events:
        sys.exit("The recording shows no remediation run: did the demo fail?")
    eviction = next((i for i in events if (m := EVENT.search(texts[i])) and m.group(1) == "Act"), events[-1])
    stop = next(i for i, text in enumerate(texts) if "Stop clients" in text)

    picture = ["$ make demo", ELLIPSIS]
    picture += [line for line, text in zip(lines[:events[0]], texts)
                if text.startswith("  ✓ ") and text[4:].split()[0] in KEPT_STEPS]
    for first, last in ((events[0], eviction), (eviction, stop), (stop, stop)):
        panel = next(panels[i] for i in range(first, -1, -1) if i in panels)
        picture += [*panel, ""] + lines[first:last]
    picture += [lines[stop], ""]

    kept = False
    for line, text in zip(lines[stop + 1:], texts[stop + 1:]):
        if text.startswith(("  ✓", "  ✗")):
            picture += ["", line]
            break
        if SUMMARY_LABEL.match(text):
            kept = text.strip().startswith(KEPT_ENTRIES)
            if not kept and picture[-1] != ELLIPSIS:
                picture.append(ELLIPSIS)
        if kept and text.strip():
            picture.append(line)
    return picture


def render(width, picture, path):
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in picture:
        text = Text.from_ansi(line, no_wrap=True, overflow="crop")
        if line.startswith("$"):
            text.stylize("bold")
        console.print(text)
    svg = console.export_svg(title="make demo", theme=THEME, unique_id="demo")
    svg = LEADING_SPACES.sub(move_start, svg)
    # Pictures in a README cannot load web fonts.
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.S)
    svg = svg.replace("font-family: Fira Code, monospace", f"font-family: {FONT}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(svg)


if __name__ == "__main__":
    columns, all_lines, all_panels = replay(sys.argv[1])
    render(columns, select(all_lines, all_panels), sys.argv[2])
    print(f"Rendered {sys.argv[2]}")
