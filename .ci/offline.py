"""Nothing that a built page loads may come from a network. Usage: offline.py FOLDER; exit code 1 and a line for each.

Links that a reader follows are allowed. What a stylesheet or a page loads is looked at; scripts load by themselves what
is asked of them (diagrams, polyfills for old browsers), which these pages do not.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

LOADED = dict.fromkeys(("script", "img", "iframe", "source", "video", "audio", "embed"), "src")
LOADED_LINKS = {"stylesheet", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "icon", "manifest"}
FAR = re.compile(r"(?:[a-z]+:)?//", re.IGNORECASE)
OF_STYLES = re.compile(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')\s]+)", re.IGNORECASE)


class Loads(HTMLParser):
    """Collects the addresses that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a tag makes the browser load."""
        given = {name: value or "" for name, value in attrs}
        address = given.get(LOADED.get(tag, ""), "")
        if tag == "link" and LOADED_LINKS & set(given.get("rel", "").split()):
            address = given.get("href", "")
        if FAR.match(address):
            self.found.append(address)


def far_loads(folder: Path) -> Iterator[str]:
    """Each address on a network that a file of the folder loads, with the file."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".html", ".css"):
            continue
        text = path.read_text("utf-8")
        loads = Loads()
        if path.suffix == ".html":
            loads.feed(text)
        yield from (f"{path}: {address}" for address in [*loads.found, *OF_STYLES.findall(text)])


if __name__ == "__main__":
    faults = list(far_loads(Path(sys.argv[1])))
    print("\n".join(faults), end="\n" if faults else "")
    sys.exit(bool(faults))
