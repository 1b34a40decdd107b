"""python -m khabar: the command line, where no script is installed."""

from khabar.cli import main

main(prog_name="khabar")
