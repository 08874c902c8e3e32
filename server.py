"""Composition root and command line."""


def main() -> None:
    """Run the command line."""
