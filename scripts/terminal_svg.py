#!/usr/bin/env python3
"""Draws what a terminal showed as an SVG for the README: scripts/terminal_svg.py < text > docs/terminal.svg. Knows the few ANSI colours of assay."""
import html, re, sys

COLOURS = {"32": "#7ee787", "31": "#ff7b72", "33": "#e3b341", "1": "#ffffff", "2": "#8b949e", "0": "#c9d1d9", "": "#c9d1d9"}
lines = sys.stdin.read().rstrip("\n").split("\n")
width = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines)
height = 17 * len(lines) + 24
print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * 7.83 + 24:.0f}" height="{height}" font-family="DejaVu Sans Mono,Menlo,Consolas,monospace" font-size="13">')
print('<rect width="100%" height="100%" rx="6" fill="#0d1117"/>')
for i, line in enumerate(lines):
    parts, colour = [], COLOURS["0"]
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", piece)
        if code: colour = COLOURS.get(code[1].split(";")[-1], COLOURS["0"])
        elif piece: parts.append(f'<tspan fill="{colour}">{html.escape(piece)}</tspan>')
    print(f'<text x="12" y="{17 * i + 24}" xml:space="preserve">{"".join(parts)}</text>')
print("</svg>")
