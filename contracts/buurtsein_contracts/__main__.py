"""Runs `buurtsein-contracts`, or says which extra must be installed for it."""

import sys


def main() -> None:
    """Run the command; without the extra `cli`, print one sentence and exit with 2."""
    try:
        from buurtsein_contracts.cli import main as run  # noqa: PLC0415 - only here is the extra needed
    except ModuleNotFoundError as missing:
        sys.stderr.write(f'the command needs more: pip install "buurtsein-contracts[cli]" ({missing})\n')
        sys.exit(2)
    run()


if __name__ == "__main__":
    main()
