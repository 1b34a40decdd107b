"""The command line: parse, call the library, show.  Results go to stdout, all else to stderr."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import IO, Any, Final

import click

from khabar.commands.lasting import lasting
from khabar.commands.outcome import Status, complain
from khabar.errors import KhabarError
from khabar.version import __version__

COMMANDS: Final = (
    "extract", "explain", "build", "validate", "query", "dump", "serve", "evaluate", "merges", "curate",
    "key", "search", "list", "remove", "verify", "repair", "upgrade", "demo", "check-ontology",
    "publish", "diff", "pull", "watch",
)  # fmt: skip

_GARBAGE: Final = 50_000  # objects made before the garbage collector looks


class Failure(click.ClickException):
    """A KhabarError on its way out."""

    exit_code = Status.FAILED

    def show(self, file: IO[Any] | None = None) -> None:
        complain(self.message)


class Commands(click.Group):
    """The commands, each loaded when it is asked for; here an outcome becomes an exit status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        with lasting():
            command: click.Command = import_module(f"khabar.commands.{cmd_name.replace('-', '_')}").command
        return command

    def invoke(self, ctx: click.Context) -> None:
        gc.set_threshold(_GARBAGE)
        try:
            status = super().invoke(ctx)
        except KhabarError as error:
            raise Failure(str(error)) from error
        except KeyboardInterrupt:
            status = Status.INTERRUPTED
        finally:
            gc.freeze()  # the process ends here: no need to search all of it on the way out
        ctx.exit(status or Status.GOOD)


@click.group(cls=Commands, epilog="Exit status: 0 good; 1 done, but not all is good; 2 could not do it.")
@click.version_option(__version__, prog_name="khabar", message="%(prog)s %(version)s")
def main() -> None:
    """Read news in Arabic, English and Russian into an RDF graph, each fact with the words that state it."""
