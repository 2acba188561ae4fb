"""Draws people for the fake cameras, so that the pictures of make pictures look like meetings."""

from dataclasses import dataclass
from math import pi, sin
from pathlib import Path

from playwright.sync_api import Page

WIDTH, HEIGHT = 1280, 720
FRAMES = 12


@dataclass(frozen=True)
class Portrait:
    """Somebody at a desk: colours, hair, and the room behind."""

    skin: str
    shade: str
    hair: str
    locks: str
    """Path of the hair behind the head."""
    fringe: str
    """Path of the hair before it."""
    clothes: str
    collar: str
    room: str


_LAMP = """
<rect width="1280" height="720" fill="url(#warm)"/>
<g filter="url(#far)"><rect x="70" y="90" width="210" height="270" fill="#f3ead9" stroke="#6b5443"
stroke-width="12"/><path d="M76 310q60-90 110-30t90-40v114H76z" fill="#7f988b"/>
<circle cx="1080" cy="250" r="250" fill="url(#glow)"/><path d="M1000 210h160l46 120H954z"
fill="#fbe9c6"/><rect x="1072" y="330" width="16" height="220" fill="#5a4537"/>
<rect x="900" y="540" width="420" height="200" fill="#6b5443"/></g>"""
_WINDOW = """
<rect width="1280" height="720" fill="url(#pale)"/>
<g filter="url(#far)"><rect x="60" y="30" width="420" height="470" fill="#cfe6ee"/>
<path d="M60 400q120-110 220-50t200-60v210H60z" fill="#a5c4a6"/><g fill="#fbfaf5"><rect x="44"
y="14" width="452" height="22"/><rect x="262" y="20" width="16" height="480"/><rect x="44" y="20"
width="20" height="500"/><rect x="476" y="20" width="20" height="500"/><rect x="20" y="496"
width="500" height="30"/></g><path d="M1010 720c-70-160-30-300 60-370 70 120 50 270-30 370z"
fill="#6d9576"/><path d="M1090 720c-20-180 60-290 160-310 20 140-50 250-130 310z"
fill="#5b8567"/></g>"""
_SHELVES = """
<rect width="1280" height="720" fill="url(#dusk)"/>
<g filter="url(#far)"><g fill="#3c3f5e"><rect x="830" y="180" width="400" height="16"/><rect
x="830" y="380" width="400" height="16"/><rect x="50" y="270" width="300" height="16"/></g>
<g><rect x="850" y="70" width="44" height="110" fill="#d9a58a"/><rect x="898" y="90" width="34"
height="90" fill="#8fa6c9"/><rect x="936" y="60" width="50" height="120" fill="#e5d4b5"/><circle
cx="1120" cy="130" r="50" fill="#c98f8a"/><rect x="870" y="290" width="120" height="90"
fill="#8f86b5"/><path d="M1110 380c-60-60-40-140 0-170 40 40 60 110 20 170z" fill="#7fae96"/><rect
x="90" y="150" width="40" height="120" fill="#e5d4b5"/><rect x="134" y="170" width="50"
height="100" fill="#c98f8a"/><rect x="188"
y="140" width="36" height="130" fill="#8fa6c9"/></g></g>"""

PORTRAITS = {
    "Ada Lovelace": Portrait(
        skin="#f0c9ab",
        shade="#d99f7c",
        hair="#4a2f27",
        locks="M480 330c-20-190 70-250 160-250s180 60 160 250c-4 70 10 120 30 150"
        "-90 40-290 40-380 0 20-30 34-80 30-150z",
        fringe="M500 300c10-130 60-190 140-190s130 60 140 190c-40-30-100-60-130-120"
        "-30 60-100 80-150 120z",
        clothes="#2f6f66",
        collar="#f4ede0",
        room=_LAMP,
    ),
    "Grace Hopper": Portrait(
        skin="#8d5a3f",
        shade="#6c4230",
        hair="#221a1a",
        locks="M470 270c-30-130 70-210 170-210s200 80 170 210c30 60 10 120-40 130"
        "H510c-50-10-70-70-40-130z",
        fringe="M508 270c0-110 60-160 132-160s132 50 132 160c-30-50-80-80-132-80s-102 30-132 80z",
        clothes="#d8894b",
        collar="#f6e7d2",
        room=_WINDOW,
    ),
    "Hedy Lamarr": Portrait(
        skin="#e2b08e",
        shade="#c4886a",
        hair="#a9492f",
        locks="M486 320c-16-180 60-240 154-240s170 60 154 240c0 40 4 70 14 90"
        "-30 30-60 30-80 10H552c-20 20-50 20-80-10 10-20 14-50 14-90z",
        fringe="M502 310c0-140 60-200 138-200s138 60 138 200c-20-60-50-110-90-140"
        "-60 60-130 60-186 140z",
        clothes="#e6dcc8",
        collar="#b9a98c",
        room=_SHELVES,
    ),
}

_GRADIENTS = """<defs>
<linearGradient id="warm" x1="0" x2="1"><stop offset="0" stop-color="#d9c5a8"/><stop offset="1"
stop-color="#a98a6c"/></linearGradient>
<linearGradient id="pale" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#eef1ec"/><stop
offset="1" stop-color="#c3cdc4"/></linearGradient>
<linearGradient id="dusk" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#7b7fae"/><stop
offset="1" stop-color="#4b4f78"/></linearGradient>
<radialGradient id="glow"><stop offset="0" stop-color="#fff1cf"/><stop offset="1"
stop-color="#fff1cf" stop-opacity="0"/></radialGradient>
<radialGradient id="face" cx=".42" cy=".38" r=".75"><stop offset="0" stop-color="{skin}"/><stop
offset=".55" stop-color="{skin}"/><stop offset="1" stop-color="{shade}"/></radialGradient>
<linearGradient id="cloth" x1="0" x2="1"><stop offset="0" stop-color="#fff" stop-opacity=".16"/>
<stop offset=".6" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000"
stop-opacity=".22"/></linearGradient>
<filter id="far"><feGaussianBlur stdDeviation="7"/></filter>
<filter id="soft"><feGaussianBlur stdDeviation="9"/></filter></defs>"""

_BODY = "M240 760c0-150 110-210 270-240l40-14h180l40 14c160 30 270 90 270 240z"
_HEAD = "M520 290c0-110 50-170 120-170s120 60 120 170c0 120-60 190-120 190s-120-70-120-190z"


def _svg(who: Portrait, moment: float) -> str:
    """Return the picture at a moment from 0 to 1, after which it begins again."""
    sway, nod = 3 * sin(2 * pi * moment), 2 * sin(4 * pi * moment)
    gradients = _GRADIENTS.replace("{skin}", who.skin).replace("{shade}", who.shade)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"
viewBox="0 0 {WIDTH} {HEIGHT}">{gradients}{who.room}
<g transform="translate({sway / 2:.1f} 40)">
<g transform="translate({sway:.1f} {nod:.1f})"><path d="{who.locks}" fill="{who.hair}"/></g>
<path d="{_BODY}" fill="{who.clothes}"/><path d="{_BODY}" fill="url(#cloth)"/>
<path d="M582 430h116v80c0 50-116 50-116 0z" fill="{who.shade}"/>
<path d="M548 506l92 84 92-84 26 16-118 128-118-128z" fill="{who.collar}"/>
<g transform="translate({sway:.1f} {nod:.1f})">
<path d="{_HEAD}" fill="url(#face)"/>
<ellipse cx="566" cy="348" rx="26" ry="16" fill="#d8604a" opacity=".16" filter="url(#soft)"/>
<ellipse cx="714" cy="348" rx="26" ry="16" fill="#d8604a" opacity=".16" filter="url(#soft)"/>
<g fill="#2a1c18"><ellipse cx="592" cy="299" rx="8" ry="10"/><ellipse cx="688" cy="299" rx="8"
ry="10"/></g><g fill="#fff" opacity=".85"><circle cx="595" cy="295" r="2.6"/><circle cx="691"
cy="295" r="2.6"/></g>
<path d="M572 268q20-14 40-4M668 264q20-10 40 4" fill="none" stroke="{who.hair}" stroke-width="7"
stroke-linecap="round"/>
<path d="M642 306q-12 40-8 52 8 8 20 4" fill="none" stroke="{who.shade}" stroke-width="5"
stroke-linecap="round"/>
<path d="M598 396q42 34 84 0-42 10-84 0z" fill="#9c3b33"/>
<path d="{who.fringe}" fill="{who.hair}"/></g></g></svg>"""


def film(page: Page, name: str, folder: Path) -> Path:
    """Draw somebody who moves a little into a file that Chromium takes for a camera."""
    path = folder / f"{name.split(maxsplit=1)[0]}.mjpeg"
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    with path.open("wb") as out:
        for number in range(FRAMES):
            svg = _svg(PORTRAITS[name], number / FRAMES)
            page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
            out.write(page.screenshot(type="jpeg", quality=92))
    return path
