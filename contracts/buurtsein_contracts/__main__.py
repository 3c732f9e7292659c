"""`buurtsein-contracts` and `python -m buurtsein_contracts`: the command, or what to install to have it."""

import sys


def main() -> None:
    """Run the command of `cli`; without the extra `cli`, one sentence and exit code 2."""
    try:
        from buurtsein_contracts.cli import main as run  # noqa: PLC0415 - only here is the extra needed
    except ModuleNotFoundError as missing:
        sys.stderr.write(f'the command needs more: pip install "buurtsein-contracts[cli]" ({missing})\n')
        sys.exit(2)
    run()


if __name__ == "__main__":
    main()
