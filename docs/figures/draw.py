"""Draw docs/figures/seqgan.svg: how a SeqGAN run learns, from data to strings. ``make docs`` runs this."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

PICTURE = Path(__file__).parent / "seqgan.svg"
WIDTH, HEIGHT = 760, 390
FONT = "font-family='system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif'"
INK, QUIET, PAPER = "#1f2933", "#52606d", "#ffffff"
BLUE, ORANGE, GREEN, GREY = "#dbeafe", "#ffedd5", "#dcfce7", "#f1f5f9"


@dataclass(frozen=True)
class Box:
    """A rounded box with a title and lines of small print."""

    x: int
    y: int
    width: int
    height: int
    colour: str
    title: str
    lines: tuple[str, ...] = ()

    def svg(self) -> str:
        """Return the box as SVG."""
        centre = self.x + self.width // 2
        top = self.y + self.height // 2 - 9 * len(self.lines) + 5
        text = [word(centre, top, self.title, 16, INK, "600")]
        text += [word(centre, top + 19 * n, line, 13, QUIET) for n, line in enumerate(self.lines, 1)]
        frame = f"<rect x='{self.x}' y='{self.y}' width='{self.width}' height='{self.height}' rx='10' "
        return frame + f"fill='{self.colour}' stroke='{INK}' stroke-width='1.2'/>" + "".join(text)


def word(x: int, y: int, text: str, size: int, colour: str, weight: str = "400") -> str:
    """Return centred text as SVG."""
    style = f"{FONT} font-size='{size}' font-weight='{weight}' fill='{colour}' text-anchor='middle'"
    return f"<text x='{x}' y='{y}' {style}>{escape(text)}</text>"


def arrow(path: str, label: str = "", x: int = 0, y: int = 0) -> str:
    """Return an arrow along an SVG path, with its label."""
    line = f"<path d='{path}' fill='none' stroke='{INK}' stroke-width='1.6' marker-end='url(#head)'/>"
    return line + (word(x, y, label, 13, QUIET) if label else "")


BOXES = (
    Box(20, 150, 150, 90, GREY, "Your sequences", ("text, CSV, JSONL, ids", "or an exact oracle")),
    Box(250, 150, 170, 90, BLUE, "Generator", ("1. likelihood (MLE)", "3. policy gradient")),
    Box(540, 30, 190, 84, ORANGE, "Discriminator", ("2. real or generated?", "its probability = reward")),
    Box(540, 276, 190, 84, GREEN, "Monte-Carlo search", ("every prefix completed", "N times: a value per token")),
    Box(20, 284, 150, 84, GREY, "Run folder", ("model, samples,", "scores, report.html")),
)
ARROWS = (
    arrow("M170 195 H244", "train", 207, 186),
    arrow("M95 150 V58 H534", "real rows", 320, 50),
    arrow("M335 150 V92 H534", "generated rows", 434, 84),
    arrow("M390 240 V300 H534", "prefixes", 462, 292),
    arrow("M655 276 V120", "finished rows", 703, 200),
    arrow("M615 114 V270", "rewards", 582, 200),
    arrow("M540 340 H340 V246", "a weight for every token", 440, 359),
    arrow("M275 240 V326 H176", "samples", 226, 318),
)


def picture() -> str:
    """Return the whole drawing as SVG."""
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' role='img' "
        "aria-label='How SeqGAN learns: the generator is trained on likelihood, the discriminator on real and "
        "generated rows, and Monte-Carlo search turns its rewards into a weight for every token.'>"
    )
    tip = f"<path d='M0 0 L9 4.5 L0 9 z' fill='{INK}'/>"
    size = "markerWidth='9' markerHeight='9' refX='8' refY='4.5'"
    marker = f"<defs><marker id='head' {size} orient='auto'>{tip}</marker></defs>"
    paper = f"<rect width='{WIDTH}' height='{HEIGHT}' rx='12' fill='{PAPER}'/>"
    body = "\n".join([*(box.svg() for box in BOXES), *ARROWS])
    return f"{head}\n{marker}\n{paper}\n{body}\n</svg>\n"


def main() -> int:
    """Write the drawing, or with ``--check`` tell whether it is up to date."""
    if "--check" in sys.argv[1:]:
        return int(not PICTURE.is_file() or PICTURE.read_text(encoding="utf-8") != picture())
    PICTURE.write_text(picture(), encoding="utf-8")
    print(PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
