"""Files of instruments with random mistakes in them; by hand: python tests/damage.py FILES… --times 1000.

Every damaged file must be read or refused in one line; what else happens is printed with the bytes that did it.
"""

import argparse
import random
import tempfile
import traceback
from pathlib import Path

from measured import survives


def damaged(data, luck):
    """Bytes with one to four mistakes: exchanged, left out, doubled, or foreign."""
    for _ in range(luck.randint(1, 4)):
        place, length = luck.randrange(len(data) + 1), luck.choice((1, 1, 2, 8, 60, 500))
        piece = data[place : place + length]
        foreign = luck.choice(
            (
                *(b"nan", b"-", b"e99", b",", b";", b"\t", b"\n", b'"', b"\0", b"\xff", b"\xb5", b" ", b"0"),
                *(b"freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\n", b"1e400", b"log f", b"[", b"(", b"inf", b"\r", b"1_0"),
                luck.randbytes(4),
            )
        )
        data = data[:place] + luck.choice((b"", piece * 2, foreign, foreign + piece)) + data[place + length :]
    return data


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--times", type=int, default=1000, help="per file")
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in options.files:
            luck = random.Random(f"{options.seed} {path.name}")
            data = path.read_bytes()[:9000] if path.suffix != ".mpr" else path.read_bytes()
            for _ in range(options.times):
                bad = damaged(data, luck)
                try:
                    survives(Path(folder) / f"x{path.suffix}", bad)
                except Exception:
                    faults += 1
                    Path(f"fault-{faults}{path.suffix}").write_bytes(bad)
                    traceback.print_exc()
            print(f"{path.name}: {options.times} times, {faults} faults in all", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
