"""The command line: options in, exit codes out. Holds no logic."""

from __future__ import annotations

import gc
import ipaddress
import json
import socket
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from mockserver import __version__
from mockserver.errors import MockserverError, SettingsError
from mockserver.settings import Settings

EXIT_FINDINGS = 1
EXIT_CANNOT = 2


class _Moment(click.ParamType[datetime]):
    """An ISO 8601 date or date-time; without an offset it is in UTC."""

    name = "ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment in UTC."""
        from mockserver.stored import Unparsable, parse_instant

        if isinstance(value, datetime):
            return value
        try:
            return parse_instant(str(value), UTC)
        except Unparsable as error:
            self.fail(f"expected {error}, found {value!r}", param, ctx)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mockserver")
def cli() -> None:
    """A mock server that remembers, generated from OpenAPI documents."""


@cli.command()
@click.argument("apis", nargs=-1, metavar="[NAME|DOCUMENT]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.")
@click.option(
    "--profile",
    default="documented",
    show_default=True,
    type=click.Choice(["documented", "observed"]),
    help="Success statuses: as documented, or as seen on the real service.",
)
@click.option("--clock", type=_Moment(), help="Moment at which the clock stands still, until it is moved.")
@click.option("--rate-limits", is_flag=True, help="Enforce the rate limits of the real service.")
@click.option("--strict-credentials", is_flag=True, help="Accept only credentials that the fixtures list.")
@click.option("--fixtures", type=click.Path(path_type=Path), help="Folder with a folder of fixtures per API, in place of the shipped ones.")
@click.option("--no-response-validation", is_flag=True, help="Do not hold answers to the document.")
@click.option("--seed", default=0, show_default=True, type=int, help="What hashes and request ids follow from.")
@click.option(
    "--max-worlds", default=1000, show_default=True, type=click.IntRange(1), help="How many worlds are kept; at the bound the longest idle goes."
)
@click.option(
    "--world-idle", default=21600, show_default=True, type=click.IntRange(1), metavar="SECONDS", help="After how long without a request a world goes."
)
@click.option(
    "--log-format", default="text", show_default=True, type=click.Choice(["text", "json"]), help="Form of the line per request on standard error."
)
@click.option("--quiet", is_flag=True, help="No line per request.")
@click.option("--cors", is_flag=True, help="Let pages of any origin send requests.")
@click.option("--tls-cert", type=click.Path(path_type=Path), help="Serve https with this certificate (PEM).")
@click.option("--tls-key", type=click.Path(path_type=Path), help="The certificate's key (PEM).")
@click.option("--admin-token", help="Open /_mock/ to other machines that send this as X-Mock-Admin-Token.")
@click.option("--allow-outgoing", is_flag=True, help="Let automations call other machines; without it they call this one only.")
def serve(
    apis: tuple[str, ...],
    host: str,
    port: int,
    profile: str,
    clock: datetime | None,
    rate_limits: bool,
    strict_credentials: bool,
    fixtures: Path | None,
    no_response_validation: bool,
    seed: int,
    max_worlds: int,
    world_idle: int,
    log_format: str,
    quiet: bool,
    cors: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    admin_token: str | None,
    allow_outgoing: bool,
) -> None:
    """Serve the named APIs (all that are shipped, without a name) until interrupted.

    NAME is a shipped API; DOCUMENT is the path of a document with x-mock-api.
    """
    gc.disable()  # what is loaded stays: to look through it for garbage costs a tenth of the start
    # connexion's imports warn of what its own dependencies deprecate; nothing that a user of the server can mend.
    warnings.filterwarnings("ignore", module="connexion|starlette")
    from mockserver.app import create_app
    from mockserver.bundle import default_cache
    from mockserver.server import ServerOptions, run_server

    settings = Settings(
        apis=apis,
        profile=profile,
        clock=clock,
        rate_limits=rate_limits,
        strict_credentials=strict_credentials,
        fixtures=fixtures,
        validate_responses=not no_response_validation,
        seed=seed,
        max_worlds=max_worlds,
        idle_seconds=float(world_idle),
        cache=default_cache(),
        loopback=_is_loopback(host),
        admin_token=admin_token,
        allow_outgoing=allow_outgoing,
    )
    options = ServerOptions(None if quiet else log_format, cors=cors, tls_cert=tls_cert, tls_key=tls_key)
    listener = _listen(host, port)
    try:
        run_server(create_app(settings), listener, options)
    finally:
        listener.close()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, UnicodeError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SettingsError(
            "cannot listen", where=f"{host}:{port}", expected="a free port of this machine (--host, --port)", found=str(reason)
        ) from None
    return listener


@cli.command()
@click.argument("apis", nargs=-1, metavar="[NAME|DOCUMENT]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON array instead of a table.")
def operations(apis: tuple[str, ...], as_json: bool) -> None:
    """List what is mocked: method, path, operation, what it acts on, statuses, standing (Source, Observed, Assumed)."""
    from mockserver.apis import named_apis
    from mockserver.bundle import default_cache
    from mockserver.listing import Row, as_objects, as_table, list_operations
    from mockserver.operations import load_model
    from mockserver.spec import load_document

    rows: list[Row] = []
    for api in named_apis(apis):
        model = load_model(load_document(api.document, default_cache()), api.functions)
        rows += list_operations(api.name, model)
    click.echo(json.dumps(as_objects(rows), indent=1) if as_json else as_table(rows))


@cli.command()
@click.argument("apis", nargs=-1, metavar="[NAME|DOCUMENT]...")
def lint(apis: tuple[str, ...]) -> None:
    """Prove documents, extensions and fixtures: everything named exists, everything declared has an effect, every fixture is valid."""
    from mockserver.apis import named_apis
    from mockserver.bundle import default_cache
    from mockserver.lint import lint_api

    findings = [finding for api in named_apis(apis) for finding in lint_api(api, default_cache())]
    for finding in findings:
        click.echo(str(finding))
    if findings:
        click.echo(f"{len(findings)} findings")
        raise SystemExit(EXIT_FINDINGS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; what cannot work ends with one line on standard error and exit code 2."""
    try:
        code = cli.main(args=arguments, prog_name="mockserver", standalone_mode=False)
    except MockserverError as error:
        _complain(str(error))
    except click.ClickException as error:
        _complain(" ".join(error.format_message().split()))
    except (click.Abort, KeyboardInterrupt):
        raise SystemExit(0) from None
    else:
        raise SystemExit(code or 0)


def _complain(message: str) -> NoReturn:
    click.echo(f"mockserver: {message}", err=True)
    raise SystemExit(EXIT_CANNOT)


if __name__ == "__main__":
    main()
