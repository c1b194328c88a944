"""How quick the explorer's page is: its size, the first curve, and from a slider to the curve, also while a fit runs.

Usage: python tests/benchmarks/explorer.py [PAGE.html]; without a page one is written. Needs Chromium.
"""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chromium import Browser, Page, find_chromium

from constriction.cli import main

OPENED = 5
MOVES = 50
FEW = 15  # moves while a fit runs
# From the event of a slider to a new curve in the page, which the next frame shows, in ms.
MOVE = """
(async () => {
  const slider = document.querySelector(SLIDER);
  const curve = () => document.querySelector('.nyquist svg');
  const took = [];
  for (let k = 0; k < MOVES; k++) {
    await new Promise(done => setTimeout(done, 40));
    const before = curve();
    const began = performance.now();
    slider.value = 200 + (k * 37) % 600;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    while (curve() === before) await new Promise(requestAnimationFrame);
    took.push(performance.now() - began);
  }
  return took.sort((a, b) => a - b);
})()
""".replace("MOVES", str(MOVES))
READ = """
(async () => {
  document.querySelector('#pin').click();
  const began = performance.now();
  while (document.querySelector('.value.settling')) await new Promise(done => setTimeout(done, 2));
  return performance.now() - began;
})()
"""
# The page's own csv with noise, dropped on it; a lifted zone, so that the fit takes its time.
DROP = """
(async () => {
  const kept = [], make = URL.createObjectURL;
  URL.createObjectURL = blob => (kept.push(blob), make(blob));
  document.querySelector('#save-csv').click();
  const [head, ...rows] = (await kept.pop().text()).trim().split('\\n');
  const noisy = row => row.split(',').map((x, k) => x * (k ? 1 + 2e-3 * Math.sin(1e5 * x) : 1)).join(',');
  const held = new DataTransfer(), input = document.querySelector('#file');
  held.items.add(new File([[head, ...rows.map(noisy)].join('\\n')], 'own.csv'));
  input.files = held.files;
  input.dispatchEvent(new Event('change'));
  const field = () => document.querySelector('#measured-thickness');
  while (!field()) await new Promise(done => setTimeout(done, 10));
  field().value = '1.5 mm';
  field().dispatchEvent(new Event('change'));
  document.querySelector('#has-zone').click();
  await new Promise(done => setTimeout(done, 1000));
})()
"""
FITTED = """
(async () => {
  const began = performance.now();
  document.querySelector('#fit').click();
  const running = () => document.querySelector('progress') !== null;
  const moved = MOVE;
  const during = running();
  while (running()) await new Promise(done => setTimeout(done, 5));
  return [await moved, performance.now() - began, during];
})()
"""


def busy(page: Page) -> float:
    """Seconds that the page's thread has worked on scripts, styles and layout."""
    metrics = {one["name"]: one["value"] for one in page.call("Performance.getMetrics")["metrics"]}
    return metrics["ScriptDuration"] + metrics["RecalcStyleDuration"] + metrics["LayoutDuration"]


def measure(path: Path) -> None:
    """Print a line for each number."""
    print(f"page                     {path.stat().st_size / 1e6:.2f} MB (at most 6)")
    with tempfile.TemporaryDirectory() as folder, Browser(find_chromium(), Path(folder)) as browser:
        first = []
        for _ in range(OPENED):
            page = Page(browser, 1440, 900)
            page.open(path)
            page.until("document.documentElement.dataset.ready")
            first.append(page.value("Number(document.documentElement.dataset.ready)"))
            page.settle()
        first.sort()
        print(f"load                     {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        page.call("Performance.enable")
        print(f"first curve              {first[len(first) // 2]:.0f} ms, median of {OPENED} (at most 1500)")
        for slider in ("#p-contactFraction-slider", "#p-pitch-slider", "#p-gapHeight-slider"):
            before = busy(page)
            took = page.value(MOVE.replace("SLIDER", repr(slider)))
            work = 1e3 * (busy(page) - before) / MOVES
            words = f"{took[len(took) // 2]:.0f} ms, median of {MOVES} (at most 50); largest {took[-1]:.0f} ms"
            print(f"{slider[3:-7]:25}{words}; scripts, styles and layout {work:.0f} ms")
        page.value(DROP)
        fitting = MOVE.replace("SLIDER", "'#p-gapHeight-slider'").strip().replace(f"k < {MOVES}", f"k < {FEW}")
        took, lasted, _ = page.value(FITTED.replace("MOVE", fitting))
        print(f"while a fit runs         {took[FEW // 2]:.0f} ms, median of {FEW}; the fit took {lasted:.0f} ms")
        print(f"readings                 {page.value(READ):.0f} ms, of which 160 ms are waited")
        print(f"complaints, requests     {len(page.complaints)}, {len(page.requests) - 1}")


if __name__ == "__main__":
    if find_chromium() is None:
        sys.exit("no Chromium here: apt-get install chromium")
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as place:
            written = Path(place) / "explorer.html"
            main(["explore", "-o", str(written)])
            measure(written)
