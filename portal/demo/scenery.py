"""The palette and the things that the demo's pictures are made of."""

import math
from itertools import pairwise

from portal.demo.canvas import Board

SKY, SKY_LOW, SUN = "#d9ebef", "#eaf4f3", "#f8dc94"
HILL_FAR, HILL, HILL_NEAR = "#c2dadb", "#a3c6c7", "#7fb0aa"
SEA, SEA_DEEP, FOAM = "#3f8797", "#2b6f80", "#8fc0c9"
BRAND, INK = "#0d5564", "#123c46"
WALL, SHADE, GLASS = "#ffffff", "#e4ecec", "#8dbac5"
ROOF, ROOF_DARK, BRICK = "#c56d4c", "#a7563a", "#dd9a76"
SAND, SAND_DARK, STONE, STONE_DARK = "#f3e3c0", "#e4cd9d", "#d8dcd6", "#bcc4be"
LEAF, LEAF_DARK, LEAF_PALE, TRUNK = "#5f9a76", "#3f7a5d", "#9cc49c", "#84593f"
GOLD, ROSE, CREAM = "#e9b44c", "#d98880", "#fbf5e6"
SKIN = ("#f0c7a4", "#d9a27a", "#a8714e")


def gull(board: Board, x: float, y: float, size: float = 1) -> None:
    """Two raised wings that meet in a point."""
    for side in (-1, 1):
        wing = [(0, 0), (12, -15), (26, -16), (38, -6)]
        board.curve([(x + side * dx * size, y + dy * size) for dx, dy in wing], WALL, 6 * size)


def cloud(board: Board, x: float, y: float, size: float = 1) -> None:
    for dx, dy, r in ((0, 0, 34), (44, -18, 44), (96, -2, 36), (130, 8, 24)):
        board.disc(x + dx * size, y + dy * size, r * size, WALL)
    board.rect(x - 34 * size, y + 4 * size, 186 * size, 30 * size, WALL, 15 * size)


def tree(board: Board, x: float, y: float, size: float = 1, leaf: str = LEAF) -> None:
    """A round tree that stands on (x, y)."""
    board.rect(x - 7 * size, y - 80 * size, 14 * size, 80 * size, TRUNK, 4 * size)
    for dx, dy, r in ((-34, -96, 40), (34, -100, 42), (0, -138, 50), (0, -92, 40)):
        board.disc(x + dx * size, y + dy * size, r * size, leaf)
    board.disc(x - 16 * size, y - 146 * size, 22 * size, LEAF_PALE)


def person(board: Board, x: float, y: float, coat: str, skin: int = 0, scale: float = 1) -> None:
    """Somebody standing with the feet at (x, y), 170 pixels tall."""
    with board.moved(x, y, scale):
        board.rect(-20, -62, 17, 62, INK, 7)
        board.rect(3, -62, 17, 62, INK, 7)
        board.rect(-28, -126, 56, 76, coat, 20)
        board.disc(0, -148, 22, SKIN[skin])
        board.poly(
            [(-23, -150), (-18, -170), (4, -176), (22, -164), (23, -150), (0, -160)],
            INK,
        )


def hall(board: Board) -> None:
    """The service centre: a long white house with arches and a clock tower."""
    board.rect(130, 352, 760, 258, WALL)
    board.rect(130, 352, 380, 258, SHADE)
    board.poly([(104, 356), (168, 296), (852, 296), (916, 356)], ROOF)
    board.rect(104, 350, 812, 14, ROOF_DARK)
    board.rect(440, 176, 140, 434, WALL)
    board.rect(440, 176, 70, 434, SHADE)
    board.poly([(422, 184), (510, 92), (598, 184)], ROOF)
    board.line([(510, 92), (510, 46)], INK, 5)
    board.poly([(512, 46), (566, 58), (512, 74)], GOLD)
    board.disc(510, 250, 42, BRAND)
    board.disc(510, 250, 33, WALL)
    board.line([(510, 250), (510, 228)], BRAND, 6)
    board.line([(510, 250), (526, 260)], BRAND, 6)
    board.rect(484, 320, 52, 62, GLASS, 6)
    for x in (172, 264, 356, 624, 716, 808):
        board.rect(x, 386, 48, 58, GLASS, 6)
        board.arch(x - 8, 474, 64, 136, BRAND)
        board.arch(x + 2, 486, 44, 124, GLASS)
    board.arch(466, 430, 88, 180, BRAND)
    board.arch(480, 446, 60, 164, GOLD)
    board.line([(510, 476), (510, 610)], BRAND, 5)


def lighthouse(board: Board) -> None:
    board.poly([(960, 600), (1280, 566), (1280, 612), (960, 622)], STONE_DARK)
    board.poly([(1158, 590), (1170, 420), (1210, 420), (1222, 590)], WALL)
    board.poly([(1162, 534), (1166, 478), (1214, 478), (1218, 534)], ROOF)
    board.rect(1160, 404, 60, 18, INK, 4)
    board.rect(1172, 372, 36, 34, SUN)
    board.poly([(1164, 374), (1190, 346), (1216, 374)], ROOF)


def fishing_boat(board: Board, hull: str, flags: bool = False) -> None:
    """A boat about 240 pixels long, its waterline at y = 0."""
    board.line([(20, -60), (20, -200)], TRUNK, 7)
    board.line([(20, -200), (-112, -54)], INK, 3)
    board.line([(20, -200), (118, -66)], INK, 3)
    board.rect(-70, -108, 74, 64, WALL, 8)
    board.rect(-80, -118, 94, 16, ROOF_DARK, 6)
    board.rect(-58, -92, 22, 22, GLASS, 4)
    board.rect(-28, -92, 22, 22, GLASS, 4)
    board.poly([(-126, -62), (134, -72), (104, 6), (-96, 6)], hull)
    board.poly([(-126, -62), (134, -72), (130, -54), (-120, -44)], CREAM)
    if flags:
        for i in range(1, 7):
            for end, y_end in ((-112, -54), (118, -66)):
                x, y = 20 + (end - 20) * i / 7, -200 + (y_end + 200) * i / 7
                colour = (GOLD, ROSE, WALL, LEAF_PALE)[i % 4]
                board.poly([(x - 9, y - 2), (x + 9, y - 2), (x, y + 20)], colour)
    board.waves(-132, 8, 3, FOAM)


def boardwalk(board: Board) -> None:
    for i in range(11):
        y, half = 560 + i * 24, 34 + i * 9
        middle = 680 - i * 6
        board.rect(middle - half, y, 2 * half, 17, BRICK if i % 2 else "#cf8a66", 3)


def grass(board: Board, x: float, y: float) -> None:
    for dx, top in ((-26, -38), (-12, -58), (2, -66), (16, -54), (28, -36)):
        board.curve([(x + dx / 3, y), (x + dx / 1.6, y + top / 2), (x + dx, y + top)], LEAF, 5)


def parasol(board: Board, x: float, y: float) -> None:
    board.disc(x + 14, y, 120, SAND_DARK, 16)
    board.line([(x, y), (x + 26, y - 214)], WALL, 9)
    top, rim = (x + 27, y - 232), y - 136
    edges = [x - 128 + i * 62 for i in range(6)]
    for i, (left, right) in enumerate(pairwise(edges)):
        board.poly(
            [top, (left, rim + abs(2.5 - i) * 6), (right, rim + abs(1.5 - i) * 6)],
            ROOF if i % 2 == 0 else CREAM,
        )


def bins(board: Board, x: float, y: float) -> None:
    """Three bins for sorted waste."""
    for i, colour in enumerate((GOLD, LEAF, BRAND)):
        left = x - 96 + i * 66
        board.poly([(left, y - 76), (left + 56, y - 76), (left + 50, y), (left + 6, y)], colour)
        board.rect(left - 4, y - 90, 64, 18, INK, 8)
        board.disc(left + 28, y - 42, 11, WALL)


def shelf(board: Board, x: float, y: float, width: float, rows: int) -> None:
    """A bookcase full of books; the pattern looks random and is always the same."""
    colours = (BRAND, ROOF, GOLD, LEAF, "#6d8fa8", ROSE, INK, CREAM, LEAF_DARK)
    board.rect(x - 18, y - 18, width + 36, rows * 112 + 30, TRUNK, 8)
    for row in range(rows):
        top = y + row * 112
        board.rect(x, top, width, 96, "#5f3f2c")
        left, number = x + 8, row * 7
        while left < x + width - 40:
            thick = 16 + (number * 37) % 17
            tall = 60 + (number * 53) % 29
            if number % 9 == 6:  # now and then a gap with a leaning book
                board.poly(
                    [
                        (left, top + 96),
                        (left + 20, top + 96),
                        (left + 42, top + 26),
                        (left + 24, top + 20),
                    ],
                    colours[number % 9],
                )
                left += 48
            else:
                board.rect(left, top + 96 - tall, thick, tall, colours[(number * 5) % 9], 2)
                board.rect(left, top + 112 - tall, thick, 5, SAND)
                left += thick + 3
            number += 1


def window(board: Board, x: float, y: float) -> None:
    """A round-topped window with the sea behind it."""
    board.arch(x - 16, y - 16, 262, 412, WALL)
    board.arch(x, y, 230, 380, SKY)
    board.disc(x + 150, y + 120, 36, SUN)
    board.rect(x, y + 230, 230, 150, SEA)
    board.waves(x + 20, y + 280, 1, FOAM, 5)
    board.waves(x + 110, y + 330, 1, FOAM, 5)
    board.rect(x + 110, y, 10, 380, WALL)
    board.rect(x, y + 190, 230, 10, WALL)
    board.rect(x - 30, y + 380, 290, 20, STONE, 4)
    board.rect(x + 20, y + 346, 44, 36, ROOF, 5)
    grass(board, x + 42, y + 348)


def armchair(board: Board, x: float, y: float) -> None:
    board.rect(x - 108, y - 210, 216, 190, SEA_DEEP, 46)
    board.rect(x - 134, y - 112, 62, 112, BRAND, 26)
    board.rect(x + 72, y - 112, 62, 112, BRAND, 26)
    board.rect(x - 84, y - 76, 168, 56, SEA, 20)
    for dx in (-104, 84):
        board.rect(x + dx, y - 6, 20, 26, TRUNK, 4)


def book_box(board: Board, x: float, y: float) -> None:
    """A cardboard box with given books."""
    for dx, tall, colour in (
        (8, 52, ROOF),
        (34, 66, BRAND),
        (62, 44, GOLD),
        (88, 60, LEAF),
    ):
        board.rect(x + dx, y - 84 - tall + 40, 24, tall + 20, colour, 3)
    board.rect(x - 4, y - 84, 132, 84, "#c99a6b", 4)
    board.rect(x - 4, y - 84, 132, 16, "#b58455", 4)
    board.disc(x + 62, y - 34, 16, CREAM)


def house(board: Board, x: float, y: float, size: float) -> None:
    with board.moved(x, y, size):
        board.rect(-36, -52, 72, 60, WALL)
        board.poly([(-46, -50), (0, -92), (46, -50)], ROOF)
        board.rect(-22, -38, 16, 18, GLASS)
        board.rect(6, -32, 18, 40, BRAND, 3)


def minibus(board: Board, x: float, y: float) -> None:
    """The staff minibus, its wheels on y, driving to the right."""
    board.disc(x + 250, y + 6, 290, "#6b797d", 20)
    board.rect(x, y - 230, 480, 200, WALL, 40)
    board.poly(
        [
            (x + 420, y - 226),
            (x + 470, y - 206),
            (x + 530, y - 120),
            (x + 544, y - 92),
            (x + 544, y - 30),
            (x + 420, y - 30),
        ],
        WALL,
    )
    board.rect(x, y - 106, 544, 46, SEA)
    board.rect(x, y - 62, 544, 34, BRAND, 12)
    for left in (28, 138, 248):
        board.rect(x + left, y - 206, 96, 84, GLASS, 12)
        board.poly(
            [
                (x + left + 20, y - 122),
                (x + left + 50, y - 206),
                (x + left + 70, y - 206),
                (x + left + 40, y - 122),
            ],
            "#b5d5dc",
        )
    board.poly(
        [
            (x + 436, y - 204),
            (x + 464, y - 196),
            (x + 512, y - 116),
            (x + 436, y - 116),
        ],
        GLASS,
    )
    board.rect(x + 352, y - 210, 72, 178, SHADE, 10)
    board.rect(x + 362, y - 200, 52, 78, GLASS, 8)
    board.rect(x + 406, y - 96, 8, 26, INK, 4)
    board.disc(x + 532, y - 76, 14, SUN)
    board.rect(x - 6, y - 96, 14, 30, ROOF, 5)
    for wheel in (110, 434):
        board.disc(x + wheel, y - 26, 50, INK)
        board.disc(x + wheel, y - 26, 24, STONE)
        board.disc(x + wheel, y - 26, 9, INK)


def stop(board: Board, x: float, y: float) -> None:
    """A shelter with a bench and a sign."""
    board.rect(x - 130, y - 246, 290, 24, BRAND, 8)
    for dx in (-112, 134):
        board.rect(x + dx, y - 226, 10, 226, INK)
    board.rect(x - 96, y - 210, 224, 150, "#c6dfe3", 6)
    board.rect(x - 40, y - 74, 110, 14, TRUNK, 5)
    board.rect(x - 26, y - 62, 10, 62, INK)
    board.rect(x + 46, y - 62, 10, 62, INK)
    board.line([(x - 172, y), (x - 172, y - 220)], INK, 9)
    board.disc(x - 172, y - 240, 36, GOLD)
    board.rect(x - 190, y - 256, 36, 26, WALL, 6)
    board.rect(x - 186, y - 250, 28, 10, BRAND, 2)


def sapling(board: Board, x: float, y: float, size: float) -> None:
    with board.moved(x, y, size):
        board.disc(0, 2, 62, "#6f4b36", 16)
        board.line([(20, 0), (20, -130)], SAND_DARK, 6)
        board.line([(0, 0), (0, -120)], TRUNK, 7)
        board.line([(-2, -74), (22, -80)], CREAM, 5)
        for dx, dy in ((-26, -96), (24, -112), (-20, -138), (18, -152), (0, -172)):
            board.disc(dx, dy, 21, LEAF, 13)
            board.disc(dx * 0.7, dy - 8, 12, "#b7d8a8", 7)


def watering_can(board: Board, x: float, y: float) -> None:
    board.curve(
        [(x + 8, y - 60), (x + 30, y - 98), (x + 64, y - 96), (x + 80, y - 50)],
        BRAND,
        9,
    )
    board.poly([(x + 70, y - 18), (x + 142, y - 76), (x + 150, y - 64), (x + 74, y - 2)], BRAND)
    board.poly(
        [(x + 128, y - 86), (x + 166, y - 64), (x + 158, y - 52), (x + 122, y - 74)],
        INK,
    )
    board.rect(x, y - 66, 84, 66, SEA, 10)
    board.rect(x, y - 66, 84, 14, BRAND, 6)


def rack(board: Board, x: float, y: float, w: float, h: float) -> None:
    """A cabinet of machines with small lights."""
    board.rect(x, y, w, h, INK, 10)
    lights = ("#7fd1a0", "#7fd1a0", GOLD, "#7fd1a0", "#7fb6c4")
    for i in range(int(h // 52)):
        top = y + 16 + i * 51
        board.rect(x + 14, top, w - 28, 40, "#2b5864", 5)
        for j in range(5):
            board.disc(x + 34 + j * 16, top + 20, 5, lights[(i * 3 + j * (int(x) // 10)) % 5])
        board.rect(x + w - 62, top + 10, 34, 5, "#5d8792", 2)
        board.rect(x + w - 62, top + 23, 34, 5, "#5d8792", 2)


def screen(board: Board, x: float, y: float) -> None:
    """A monitor that shows a letter on a fish hook."""
    board.rect(x, y, 430, 290, INK, 18)
    board.rect(x + 16, y + 16, 398, 258, "#f2f7f7", 8)
    board.rect(x + 190, y + 288, 50, 50, STONE_DARK)
    board.rect(x + 130, y + 330, 170, 18, STONE, 8)
    board.rect(x + 90, y + 92, 220, 142, CREAM, 8)
    board.poly([(x + 94, y + 96), (x + 306, y + 96), (x + 200, y + 178)], SAND_DARK)
    board.line([(x + 94, y + 96), (x + 200, y + 178), (x + 306, y + 96)], TRUNK, 5)
    board.line([(x + 200, y + 18), (x + 200, y + 120)], BRAND, 7)
    hook = [(200 + 34 - 34 * math.cos(t / 10), 150 + 44 * math.sin(t / 10)) for t in range(29)]
    board.line([(x + 200, y + 120), *[(x + dx, y + dy) for dx, dy in hook]], BRAND, 9)
    board.poly([(x + 252, y + 164), (x + 276, y + 146), (x + 276, y + 178)], BRAND)
    board.disc(x + 340, y + 210, 38, ROOF)
    board.rect(x + 335, y + 186, 10, 30, WALL, 4)
    board.disc(x + 340, y + 228, 6, WALL)


def seated(board: Board, x: float, y: float) -> None:
    """Somebody on an office chair, seen from behind."""
    board.rect(x - 84, y - 210, 168, 130, GOLD, 50)
    board.rect(x - 18, y - 240, 36, 50, SKIN[1])
    board.disc(x, y - 266, 44, INK, 48)
    board.disc(x, y - 318, 20, INK)
    board.rect(x - 62, y - 180, 124, 112, SEA_DEEP, 24)
    board.rect(x - 76, y - 74, 152, 26, BRAND, 12)
    board.rect(x - 7, y - 50, 14, 44, INK)
    board.line([(x - 62, y + 6), (x, y - 12), (x + 62, y + 6)], INK, 10)
    for dx in (-62, 62):
        board.disc(x + dx, y + 10, 11, INK)
