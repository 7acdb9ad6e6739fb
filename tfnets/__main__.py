"""`python -m tfnets` is the `tfnets` command."""

from tfnets.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
