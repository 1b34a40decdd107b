"""khabar publish: make a version of the files that others download."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from khabar.commands.options import CONFIG, DIR, QUOTATIONS, TEXTS
from khabar.dumps.describe import About
from khabar.dumps.publish import Options, Published, publish

ABOUT: Final = About()


@click.command("publish")
@DIR
@click.option("--as", "version", metavar="VERSION", help="Name the version, such as 2026.11.23.")
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=7,
    show_default=True,
    envvar="KHABAR_KEEP",
    help="How many versions to keep.",
)
@click.option("--title", default=ABOUT.title, envvar="KHABAR_TITLE", help="What the data set is called.")
@click.option("--description", default=ABOUT.description, envvar="KHABAR_DESCRIPTION", help="What it holds.")
@click.option("--publisher", default=ABOUT.publisher, envvar="KHABAR_PUBLISHER", help="Who publishes it.")
@click.option("--contact", metavar="IRI", envvar="KHABAR_CONTACT", help="mailto:… or a page.")
@click.option("--license", metavar="IRI", envvar="KHABAR_LICENSE", help="The licence of the facts.")
@click.option(
    "--text-license", metavar="IRI", envvar="KHABAR_TEXT_LICENSE", help="The licence of the words quoted."
)
@QUOTATIONS
@click.option(
    "--views/--no-views", default=True, envvar="KHABAR_VIEWS", help="Write other vocabularies, too."
)
@TEXTS
@click.option("--source-date-epoch", type=int, envvar="SOURCE_DATE_EPOCH", hidden=True)
@CONFIG
def command(
    folder: str,
    version: str | None,
    keep: int,
    title: str,
    description: str,
    publisher: str,
    contact: str | None,
    license: str | None,
    text_license: str | None,
    quotation_limit: int,
    views: bool,
    publish_text: bool,
    source_date_epoch: int | None,
) -> None:
    """Make a version of the files that others download: DIR/dumps/VERSION, and DIR/dumps/latest.

    Nothing is made if nothing has changed since the last version. khabar serve offers the versions
    under /dump/; any other web server can, too.

    \b
    Example:
      khabar publish graph --license https://creativecommons.org/licenses/by/4.0/
    """
    about = About(title, description, publisher, contact, license, text_license)
    options = Options(about, keep, quotation_limit, publish_text, views)
    created = (
        datetime.now(UTC) if source_date_epoch is None else datetime.fromtimestamp(source_date_epoch, UTC)
    )
    published = publish(Path(folder), created, version=version, options=options)
    click.echo(_told(published))
    if license is None:
        click.echo("khabar: no licence of the facts is stated; --license IRI states one", err=True)


def _told(published: Published) -> str:
    manifest, changes = published.manifest, published.manifest.changes
    if not published.is_new:
        return f"nothing has changed since {manifest.version}"
    size = sum(file.bytes for file in manifest.files)
    lines = [
        f"version {manifest.version}: {manifest.articles} articles, {manifest.statements} statements, "
        f"{manifest.quads} quads; {len(manifest.files)} files, {size / 2**20:.1f} MiB"
    ]
    if changes is not None:
        lines.append(
            f"since {changes.since}: statements {changes.statements_added} added, "
            f"{changes.statements_removed} removed, {changes.statements_changed} changed"
        )
    if published.gone:
        lines.append(f"no longer kept: {', '.join(published.gone)}")
    return "\n".join(lines)
