"""What an interpretation says beside what its spectra were made of.

`python studies/interpretation/compare_with_truth.py FOLDER/truth.csv RESULTS/interpretation.json [summary.csv]`
"""

import csv
import json
import sys
from pathlib import Path

QUANTITIES = {  # of the truth, of the interpretation, from the unit of this to that
    "contact_fraction": ("contact_fraction", 1.0),
    "pitch_mm": ("pitch_m", 1e3),
    "gap_height_nm": ("gap_height_m", 1e9),
    "R_cstr_ohm_cm2": ("R_cstr_ohm_cm2", 1.0),
}


def main(truth, interpretation, summary=None):
    """Print, and write, a row for every step and quantity, and how many intervals hold the truth."""
    with open(truth, encoding="utf-8", newline="") as stream:
        truths = {f"step_{int(row['step']):02}.csv": row for row in csv.DictReader(stream)}
    files = json.loads(Path(interpretation).read_text(encoding="utf-8"))["files"]
    rows, held = [], {name: [0, 0] for name in QUANTITIES}
    for one in files:
        for name, (key, factor) in QUANTITIES.items():
            true, said = float(truths[one["name"]][name]), one[key]
            ends = {end: said[end] * factor for end in ("low95", "low68", "best", "high68", "high95")}
            rows.append(
                {"file": one["name"], "quantity": name, "truth": f"{true:.4g}"}
                | {end: f"{value:.5g}" for end, value in ends.items()}
                | {"determined": said["determined"]}
            )
            held[name][0] += ends["low68"] <= true <= ends["high68"]
            held[name][1] += ends["low95"] <= true <= ends["high95"]
    for row in rows:
        print(*row.values(), sep="\t")
    for name, (inner, outer) in held.items():
        print(f"{name}: {inner} of {len(files)} in 68 %, {outer} in 95 % intervals")
    if summary:
        with open(summary, "w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
