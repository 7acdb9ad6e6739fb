"""The `tfnets` command on made-up images, for tests that need a process of their own."""

from tfnets import startup

startup.quiet()
startup.import_tensorflow()

from tests.conftest import load_synthetic  # noqa: E402
from tfnets import cli, datasets  # noqa: E402

if __name__ == "__main__":
    datasets.load = load_synthetic
    raise SystemExit(cli.main())
