"""khabar pull: mirror the dumps of another khabar."""

from __future__ import annotations

from pathlib import Path

import click

from khabar.dumps.pull import pull
from khabar.dumps.remote import Remote


@click.command("pull")
@click.argument("url", metavar="URL")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--only", metavar="FILE", multiple=True, help="Mirror this file; may be given again. Default: all."
)
@click.option(
    "--keep", type=click.IntRange(1), default=2, show_default=True, help="How many versions to keep."
)
@click.option("--quiet", is_flag=True, help="Say nothing unless something is wrong.")
def command(url: str, folder: Path, only: tuple[str, ...], keep: int, quiet: bool) -> None:
    """Mirror the dumps that are served at URL in the folder DIR, and bring the mirror up to date.

    What has not changed is not fetched again, and khabar.nq is brought up to date by patches. All sums
    are checked before DIR/latest moves to the new version; a download that was cut off is gone on with.
    Safe to run from cron.

    \b
    Example:
      khabar pull https://example.org/dump/ mirror
    """

    def progress(what: str) -> None:
        if not quiet:
            click.echo(f"fetching {what}", err=True)

    pulled = pull(Remote(url), folder, keep=keep, only=only, progress=progress)
    if quiet:
        return
    if not pulled.is_new:
        click.echo(f"{pulled.version}: nothing new")
        return
    by = f", {' and '.join(pulled.patched)} by patches" if pulled.patched else ""
    since = f" after {pulled.before}" if pulled.before else ""
    click.echo(f"{pulled.version}{since}: {pulled.downloaded / 2**20:.1f} MiB fetched{by}")
