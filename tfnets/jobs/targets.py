"""Where the results of a command on several picture files go: one PNG per picture, one folder."""

from collections.abc import Sequence
from pathlib import Path

from tfnets.errors import InputError
from tfnets.files import inside


def targets(sources: Sequence[Path], out: Path) -> list[Path]:
    """Returns the file of each picture's result: `scan.jpg` becomes `scan.png` in `out`.

    A file that is there already will be replaced, but never one of the pictures themselves.

    Raises:
        InputError: Two pictures would get one name, or one would be replaced by a result.
    """
    found: dict[Path, Path] = {}
    given = {source.resolve() for source in sources}
    for source in sources:
        target = out / f"{source.stem}.png"
        if target in found:
            raise InputError(
                f"{found[target]} and {source} would both become {target}; write them into "
                "different folders."
            )
        if target.resolve() in given:
            raise InputError(
                f"{target} is one of the pictures and would be replaced; give another --out."
            )
        found[target] = source
    if out.is_dir():
        for target in found:
            inside(out, target.name)
    return list(found)
