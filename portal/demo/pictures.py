"""The demo's cover pictures, drawn when the demo is filled: no picture file in the repository."""

from collections.abc import Callable

from portal.demo.canvas import WIDTH, Board
from portal.demo.scenery import (
    BRAND,
    CREAM,
    FOAM,
    GOLD,
    HILL,
    HILL_FAR,
    HILL_NEAR,
    INK,
    LEAF,
    LEAF_DARK,
    LEAF_PALE,
    ROOF,
    ROSE,
    SAND,
    SAND_DARK,
    SEA,
    SEA_DEEP,
    SKY,
    STONE,
    STONE_DARK,
    SUN,
    TRUNK,
    WALL,
    armchair,
    bins,
    boardwalk,
    book_box,
    cloud,
    fishing_boat,
    grass,
    gull,
    hall,
    house,
    lighthouse,
    minibus,
    parasol,
    person,
    rack,
    sapling,
    screen,
    seated,
    shelf,
    stop,
    tree,
    watering_can,
    window,
)


def draw(name: str) -> bytes:
    """The scene as PNG bytes, 1280 by 800. Raises KeyError for an unknown name."""
    return SCENES[name]()


def _port_centre() -> bytes:
    board = Board(SKY)
    board.disc(1010, 170, 78, SUN)
    cloud(board, 150, 150)
    cloud(board, 720, 96, 0.7)
    board.land(
        [
            (0, 450),
            (180, 380),
            (400, 430),
            (640, 360),
            (900, 430),
            (1100, 390),
            (1280, 420),
        ],
        HILL_FAR,
    )
    board.land([(0, 500), (260, 450), (520, 500), (860, 455), (1280, 490)], HILL)
    board.rect(0, 560, WIDTH, 240, SEA)
    lighthouse(board)
    hall(board)
    board.rect(0, 610, 980, 46, STONE, 0)
    board.rect(0, 640, 980, 22, STONE_DARK)
    for x in (40, 214, 420, 570, 770, 940):
        board.rect(x, 596, 30, 22, INK, 7)
    with board.moved(1090, 690, 0.9):
        fishing_boat(board, ROOF)
    for x, y, n in (
        (40, 716, 3),
        (420, 740, 2),
        (700, 706, 2),
        (160, 772, 2),
        (560, 780, 3),
        (900, 768, 3),
    ):
        board.waves(x, y, n, FOAM)
    for x, y, coat, skin in (
        (270, 622, GOLD, 0),
        (330, 622, SEA_DEEP, 1),
        (690, 622, ROSE, 2),
    ):
        person(board, x, y, coat, skin, 0.5)
    for x, y, size in ((690, 210, 1), (770, 246, 0.7), (1150, 90, 0.8)):
        gull(board, x, y, size)
    return board.png()


def _boats() -> bytes:
    board = Board("#f4d3b0")
    for i, colour in enumerate(("#f6dcbc", "#f2c79f", "#eab38b")):
        board.rect(0, 180 + 110 * i, WIDTH, 420, colour)
    board.disc(820, 452, 120, "#fbe6b0")
    board.land(
        [(0, 460), (200, 392), (420, 440), (620, 400), (900, 456), (1280, 420)],
        "#b58d86",
    )
    board.land([(0, 486), (300, 452), (700, 482), (1280, 458)], "#8c7680")
    board.rect(0, 490, WIDTH, 310, "#3c7284")
    board.rect(0, 600, WIDTH, 200, "#2f6274")
    for y, w in ((500, 210), (520, 170), (542, 130), (566, 96), (590, 60)):
        board.rect(820 - w / 2, y, w, 8, "#f0cf9f", 4)
    board.poly([(0, 520), (560, 500), (600, 528), (0, 566)], "#6b6f72")
    for x in range(40, 560, 100):
        height = 518 - x * 0.03
        board.line([(x, height), (x, height - 74)], INK, 5)
        board.disc(x, height - 84, 22, "#f9dd98")
        board.disc(x, height - 84, 13, "#fff6d8")
    with board.moved(430, 690, 1.25):
        fishing_boat(board, ROOF, flags=True)
    with board.moved(980, 640, 0.95):
        fishing_boat(board, BRAND, flags=True)
    for x, y, n in (
        (40, 650, 2),
        (660, 730, 3),
        (1060, 742, 2),
        (80, 762, 3),
        (700, 600, 1),
    ):
        board.waves(x, y, n, "#6fa3b0")
    for x, y, size in ((240, 180, 1), (330, 220, 0.7), (1050, 190, 0.9)):
        gull(board, x, y, size)
    return board.png()


def _beach() -> bytes:
    board = Board(SKY)
    board.disc(250, 160, 84, SUN)
    cloud(board, 820, 140, 1.1)
    board.land([(0, 330), (240, 300), (520, 340), (760, 290), (1020, 250), (1280, 300)], HILL)
    board.rect(0, 340, WIDTH, 300, SEA)
    board.rect(0, 340, WIDTH, 80, SEA_DEEP)
    for x, y, n in ((120, 400, 2), (620, 380, 2), (320, 450, 3), (860, 440, 2)):
        board.waves(x, y, n, FOAM, 5)
    with board.moved(980, 372, 0.9):
        board.poly([(-60, 0), (60, 0), (40, 26), (-44, 26)], ROOF)
        board.poly([(-4, -8), (-4, -124), (56, -8)], WALL)
        board.poly([(-12, -8), (-12, -100), (-52, -8)], CREAM)
    shore = [(0, 520), (220, 500), (480, 560), (760, 520), (1040, 570), (1280, 540)]
    board.land([(x, y - 16) for x, y in shore], "#e9f4f3")
    board.land(shore, SAND)
    board.land(
        [(0, 690), (260, 640), (520, 720), (800, 690), (1060, 620), (1280, 650)],
        SAND_DARK,
    )
    boardwalk(board)
    parasol(board, 900, 640)
    bins(board, 210, 606)
    for x, y in (
        (60, 730),
        (130, 764),
        (380, 742),
        (1030, 676),
        (1130, 700),
        (1220, 730),
        (1180, 640),
    ):
        grass(board, x, y)
    person(board, 420, 612, LEAF, 0, 0.62)
    person(board, 500, 628, GOLD, 2, 0.56)
    board.rect(446, 574, 32, 40, BRAND, 8)
    for x, y, size in ((560, 170, 1), (640, 210, 0.7)):
        gull(board, x, y, size)
    return board.png()


def _library() -> bytes:
    board = Board("#f3ead9")
    board.rect(0, 640, WIDTH, 160, "#d9b58f")
    board.rect(0, 632, WIDTH, 14, TRUNK)
    shelf(board, 70, 90, 500, 5)
    window(board, 650, 110)
    armchair(board, 1010, 690)
    board.line([(1190, 690), (1190, 330)], INK, 8)
    board.disc(1190, 692, 44, INK, 10)
    board.poly([(1136, 340), (1244, 340), (1220, 256), (1160, 256)], GOLD)
    board.disc(760, 728, 270, ROSE, 44)
    board.disc(760, 728, 220, "#e6a79d", 32)
    book_box(board, 640, 716)
    person(board, 330, 742, LEAF_DARK, 0, 1.35)
    person(board, 830, 738, GOLD, 1, 0.95)
    board.rect(792, 632, 66, 46, BRAND, 4)
    board.rect(822, 632, 5, 46, CREAM)
    return board.png()


def _bus() -> bytes:
    board = Board(SKY)
    board.disc(240, 160, 76, SUN)
    cloud(board, 560, 130, 0.9)
    cloud(board, 1010, 190, 0.7)
    board.land(
        [(0, 400), (220, 320), (460, 400), (720, 300), (980, 380), (1280, 310)],
        HILL_FAR,
    )
    board.land([(0, 470), (300, 410), (560, 470), (900, 400), (1280, 450)], HILL)
    for x, y, size in (
        (640, 452, 0.9),
        (760, 436, 1.1),
        (890, 444, 0.9),
        (1010, 448, 1),
    ):
        house(board, x, y, size)
    board.land([(0, 520), (300, 480), (700, 500), (1000, 470), (1280, 500)], HILL_NEAR)
    for x, y, size, leaf in (
        (80, 560, 1.3, LEAF),
        (180, 580, 1, LEAF_DARK),
        (1220, 570, 1.2, LEAF),
        (560, 540, 0.7, LEAF_DARK),
    ):
        tree(board, x, y, size, leaf)
    board.rect(0, 580, WIDTH, 220, "#7d8b8f")
    board.rect(0, 572, WIDTH, 16, STONE)
    for x in range(20, WIDTH, 150):
        board.rect(x, 706, 84, 10, CREAM, 5)
    minibus(board, 330, 690)
    stop(board, 1060, 600)
    person(board, 990, 604, ROSE, 1, 0.95)
    person(board, 1150, 604, LEAF_DARK, 0, 0.9)
    return board.png()


def _tree_planting() -> bytes:
    board = Board(SKY)
    board.disc(1060, 150, 74, SUN)
    cloud(board, 240, 140)
    board.land([(0, 380), (240, 310), (520, 390), (820, 300), (1280, 380)], HILL_FAR)
    board.rect(0, 410, WIDTH, 60, SEA)
    board.land([(0, 450), (300, 420), (640, 470), (980, 430), (1280, 460)], HILL_NEAR)
    for i in range(13):
        leaf = LEAF_DARK if i % 2 else LEAF
        tree(board, 30 + i * 104, 500 + (i * 29) % 40, 0.8 + (i * 7 % 4) / 10, leaf)
    board.land([(0, 530), (320, 500), (700, 540), (1280, 500)], LEAF_PALE)
    board.land([(0, 690), (400, 640), (820, 700), (1280, 650)], "#86b48a")
    for x, y, size in ((240, 690, 1.15), (640, 660, 1.3), (1060, 700, 1.1)):
        sapling(board, x, y, size)
    person(board, 330, 716, GOLD, 0, 1.25)
    board.line([(372, 560), (392, 716)], TRUNK, 9)
    board.poly([(372, 700), (412, 696), (408, 744), (394, 760), (378, 746)], INK)
    person(board, 760, 706, ROOF, 2, 1.2)
    person(board, 540, 700, SEA_DEEP, 1, 0.95)
    watering_can(board, 874, 700)
    for x, y in ((80, 740), (470, 770), (960, 770), (1200, 740)):
        grass(board, x, y)
    return board.png()


def _server_room() -> bytes:
    board = Board("#dfe9ec")
    board.rect(0, 640, WIDTH, 160, "#b9c8cc")
    for x in range(-200, WIDTH + 200, 160):
        board.line([(640 + (x - 640) * 0.8, 640), (640 + (x - 640) * 1.5, 800)], "#a9babf", 4)
    for x in (60, 250, 1000):
        rack(board, x, 130, 170, 530)
    for y, colour in ((64, BRAND), (84, GOLD), (104, ROOF)):
        board.curve([(0, y), (300, y + 8), (640, y - 8), (1280, y + 4)], colour, 8)
    screen(board, 480, 200)
    board.rect(430, 560, 530, 24, TRUNK, 6)
    for x in (450, 914):
        board.rect(x, 580, 24, 130, TRUNK)
    board.rect(500, 540, 230, 22, STONE, 8)
    board.rect(800, 506, 50, 56, ROOF, 8)
    board.disc(856, 534, 16, ROOF)
    board.disc(856, 534, 8, "#dfe9ec")
    seated(board, 690, 760)
    return board.png()


SCENES: dict[str, Callable[[], bytes]] = {
    "port-centre": _port_centre,
    "boats": _boats,
    "beach": _beach,
    "library": _library,
    "bus": _bus,
    "tree-planting": _tree_planting,
    "server-room": _server_room,
}
