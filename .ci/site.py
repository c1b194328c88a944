"""What this machine needs to download packages, for the build of an image only: nothing of it may stay in there.

Usage: site.py FOLDER. Prints the options for `podman build`, one a line, and writes into FOLDER `pip.conf`,
`site.sources` (apt's sources for Debian trixie), `mirror` (the first of them), and `addresses`: what must not be found
in the image afterwards, one a line.
"""

import ast
import configparser
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

RELEASE = "trixie"
CERTIFICATES = "/run/secrets/certificates"
# Where pip finds packages and how it gets there; where it puts them is the Dockerfile's business.
PIP_OPTIONS = set(
    "index-url extra-index-url find-links no-index trusted-host proxy timeout default-timeout retries".split()
)
STANZA = """Types: deb
URIs: {}
Suites: {}
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
# Everybody's, not this machine's: they stand in Debian's own scripts and in the metadata of packages.
PUBLIC = {"deb.debian.org", "security.debian.org", "pypi.org", "files.pythonhosted.org"}


def debian_sources() -> list[tuple[str, str]]:
    """URI and suite of Debian's packages for RELEASE, from what apt here has for the release that runs here."""
    system = dict(re.findall(r'^(\w+)="?([^"\n]*)', Path("/etc/os-release").read_text("utf-8"), re.MULTILINE))
    apt = Path("/etc/apt")
    files = [*apt.glob("sources.list"), *sorted(apt.glob("sources.list.d/*.list"))]
    files += sorted(apt.glob("sources.list.d/*.sources"))
    return for_release([path.read_text("utf-8") for path in files], system)


def for_release(texts: list[str], system: dict[str, str]) -> list[tuple[str, str]]:
    """URI and suite for RELEASE of those sources that serve this system, if it is Debian.

    Args:
        texts: of apt's files.
        system: fields of os-release.
    """
    if system.get("ID") != "debian":
        return []
    found: dict[tuple[str, str], None] = {}
    for text in texts:
        for uri, suite in re.findall(r"^deb\s+(?:\[.*?\]\s+)?(\S+)\s+(\S+)", text, re.MULTILINE) + stanzas(text):
            release, *part = suite.split("-")
            # No certificates in a bare image, so no https.
            if uri.startswith("http://") and release == system.get("VERSION_CODENAME"):
                found[uri, "-".join([RELEASE, *part])] = None
    return list(found)


def stanzas(text: str) -> list[tuple[str, str]]:
    """URIs and suites of a file of apt's newer form."""
    found = []
    for stanza in re.split(r"\n\s*\n", text):
        fields = dict(re.findall(r"^(Types|URIs|Suites|Enabled):\s*(.*)$", stanza, re.MULTILINE))
        if "deb" in fields.get("Types", "").split() and fields.get("Enabled", "yes") != "no":
            found += [(uri, suite) for uri in fields["URIs"].split() for suite in fields["Suites"].split()]
    return found


def pip_settings() -> dict[str, str]:
    """Pip's configuration here; what the environment says wins, as with pip itself."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = re.findall(r"^(:env:|global|install|download)\.([\w-]+)=(.*)$", text, re.MULTILINE)
    order = ["global", "install", "download", ":env:"]
    return {key: ast.literal_eval(value) for _, key, value in sorted(lines, key=lambda line: order.index(line[0]))}


def certificates(settings: dict[str, str]) -> str | None:
    """File with the certificates that downloads are checked with here."""
    places = [settings.get("cert"), *(os.environ.get(name) for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"))]
    return next((place for place in places if place and Path(place).is_file()), None)


def local_folders(settings: dict[str, str]) -> list[str]:
    """Folders of this machine that pip's configuration names."""
    words = [word.removeprefix("file://") for value in settings.values() for word in value.split()]
    folders = [Path(word) for word in words if word.startswith("/")]
    # A folder called simple holds the index; its files lie beside it.
    return sorted({str(path.parent if path.name == "simple" else path) for path in folders if path.is_dir()})


def host_names(texts: list[str]) -> set[str]:
    """Hosts that URLs in these texts name."""
    hosts = {urlsplit(url).hostname for text in texts for url in re.findall(r"\w+://[^\s'\"]+", text)}
    return {host for host in hosts if host}


def main(folder: Path) -> None:
    """Write the files, print the options."""
    settings, sources = pip_settings(), debian_sources()
    kept = {key: value for key, value in settings.items() if key in PIP_OPTIONS}
    options = []
    if authority := certificates(settings):
        kept["cert"] = CERTIFICATES
        options.append(f"--secret=id=certificates,src={authority}")
    pip = configparser.ConfigParser(interpolation=None)
    pip["global"] = kept
    with (folder / "pip.conf").open("w", encoding="utf-8") as file:
        pip.write(file)
    options.append(f"--secret=id=pip,src={folder}/pip.conf")
    if sources:
        (folder / "site.sources").write_text("\n".join(STANZA.format(*source) for source in sources), "utf-8")
        (folder / "mirror").write_text(sources[0][0], "utf-8")
        options.append(f"--secret=id=apt,src={folder}/site.sources")
    folders = local_folders(kept)
    options += [f"--volume={path}:{path}:ro" for path in folders]
    proxies = [value for name, value in os.environ.items() if name.lower().endswith("_proxy")]
    servers = re.findall(r"^nameserver\s+(\S+)", Path("/etc/resolv.conf").read_text("utf-8"), re.MULTILINE)
    hosts = host_names([*kept.values(), *proxies, *(uri for uri, _ in sources)]) - PUBLIC
    addresses = sorted({*hosts, *servers, *folders, str(Path.cwd()), str(folder)})
    (folder / "addresses").write_text("\n".join(addresses) + "\n", "utf-8")
    print(*options, sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
