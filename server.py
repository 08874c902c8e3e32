"""The command line, and with `serve` the whole program; nobody imports this module."""

import asyncio
import sys
from collections.abc import Coroutine
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

VERSION = "0.1.0"
UNUSABLE = 2

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Madoguchi: a chatbot-first front door with human handoff, for LINE and the web.",
)
staff = typer.Typer(no_args_is_help=True, help="Accounts of agents, supervisors and admins.")
database = typer.Typer(no_args_is_help=True, help="The database.")
config = typer.Typer(no_args_is_help=True, help="The settings.")
knowledge = typer.Typer(no_args_is_help=True, help="Carry knowledge in and out.")
app.add_typer(staff, name="staff")
app.add_typer(database, name="db")
app.add_typer(config, name="config")
app.add_typer(knowledge, name="knowledge")
customer = typer.Typer(no_args_is_help=True, help="Hand out or erase all about one customer.")
app.add_typer(customer, name="customer")

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file; default madoguchi.yaml.")
]
Knowledge = Annotated[
    Path | None, typer.Option("--knowledge", help="Knowledge folder; default: the settings'.")
]
Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="Port; 0 takes a free one and prints it.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


@app.callback(invoke_without_command=True)
def version(
    *, show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False
) -> None:
    """Answer --version."""
    if show:
        typer.echo(f"madoguchi {VERSION}")
        raise typer.Exit


@app.command(help="Run the server.")
def serve(config_file: Config = None, host: Host = None, port: Port = None) -> None:
    from handoff.configuration import load_settings
    from handoff.serving import serve_forever

    asyncio.run(serve_forever(load_settings(config_file, host=host, port=port)))


@app.command(help="Serve with example knowledge, staff, a shop page and a LINE stand-in.")
def demo(
    host: Host = None,
    port: Port = None,
    folder: Annotated[Path, typer.Option(help="Everything the demo keeps.")] = Path(".demo"),
) -> None:
    from handoff.showing import serve_demo

    asyncio.run(serve_demo(folder, host=host or "127.0.0.1", port=8080 if port is None else port))


@app.command(help="Make a folder with settings, example knowledge and a place for data.")
def init(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")]) -> None:
    from handoff.starting import make_project

    for line in make_project(folder):
        typer.echo(line)


@app.command(help="Load, review and test the knowledge; exit 0 good, 1 problems, 2 unusable.")
def check(
    folder: Annotated[Path | None, typer.Argument(help="Knowledge folder.")] = None,
    config_file: Config = None,
    *,
    lang: Annotated[
        Literal["ja", "en"] | None, typer.Option(help="Language of the advice.")
    ] = None,
    form: Annotated[
        Literal["text", "json", "sarif", "github"], typer.Option("--format", help="How to tell.")
    ] = "text",
    level: Annotated[
        Literal["info", "warning", "error"], typer.Option(help="Least severity that is told.")
    ] = "warning",
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for warnings too.")] = False,
) -> None:
    from faq import commands

    path, default = _knowledge(folder, config_file)
    code = commands.check(
        path,
        today=_today(),
        default_lang=default,
        lang=lang,
        form=form,
        strict=strict,
        least=level,
        limits=_settings(config_file).talk.limits,
    )
    raise typer.Exit(code)


@app.command(help="What the bot would answer, with candidates, confidence and why.")
def ask(
    text: str,
    knowledge: Knowledge = None,
    config_file: Config = None,
    lang: Annotated[str | None, typer.Option(help="ja or en; default: told by the words.")] = None,
    *,
    json: Json = False,
) -> None:
    from faq import commands

    path, default = _knowledge(knowledge, config_file)
    code = commands.ask(
        text,
        path,
        today=_today(),
        lang=lang,
        as_json=json,
        default_lang=default,
        now=_now(config_file),
        limits=_settings(config_file).talk.limits,
    )
    raise typer.Exit(code)


@app.command("eval", help="Measure how well the knowledge answers labelled questions.")
def evaluate(
    queries: Annotated[Path, typer.Option(help="Labelled questions, JSON lines.")],
    knowledge: Knowledge = None,
    config_file: Config = None,
    predictions: Annotated[Path | None, typer.Option(help="Write each decision here.")] = None,
    *,
    json: Json = False,
) -> None:
    from faq import measuring

    path, default = _knowledge(knowledge, config_file)
    code = measuring.evaluate(
        path,
        queries,
        today=_today(),
        predictions=predictions,
        as_json=json,
        default_lang=default,
        limits=_settings(config_file).talk.limits,
    )
    raise typer.Exit(code)


@app.command(
    help="Draw answers against wrong answers, and say from which confidence on to answer."
)
def tune(
    knowledge: Knowledge = None,
    queries: Annotated[
        Path | None,
        typer.Option(help="Labelled questions, JSON lines; without it those of the database."),
    ] = None,
    wrong: Annotated[
        float, typer.Option(min=0.001, max=0.5, help="Share of wrong answers to allow.")
    ] = 0.02,
    config_file: Config = None,
    *,
    json: Json = False,
) -> None:
    from faq import measuring
    from faq.questions import parse_questions
    from handoff.gap_commands import print_labels

    path, default = _knowledge(knowledge, config_file)
    settings = _settings(config_file)
    labels: list[str] = []
    if queries is None:
        labels = asyncio.run(print_labels(settings, days=None))
    code = measuring.tune_limits(
        path,
        queries or parse_questions(labels, "labels"),
        today=_today(),
        wrong=wrong,
        as_json=json,
        default_lang=default,
        limits=settings.talk.limits,
    )
    raise typer.Exit(code)


@app.command(help="Questions without an answer, grouped, by what an answer would save.")
def gaps(
    config_file: Config = None,
    *,
    days: Annotated[int, typer.Option(help="Count over so many days.")] = 30,
    json: Json = False,
) -> None:
    from handoff.gap_commands import print_gaps

    _print(print_gaps(_settings(config_file), days=days, as_json=json))


@app.command(
    help="What customers and admins said about which entry is right, as questions for `eval`."
)
def labels(
    config_file: Config = None,
    days: Annotated[
        int | None, typer.Option(help="Questions of so many days; without it all.")
    ] = None,
) -> None:
    from handoff.gap_commands import print_labels

    _print(print_labels(_settings(config_file), days=days))


@app.command(help="Print the JSON Schema of knowledge files, for editors.")
def schema() -> None:
    from faq import commands

    raise typer.Exit(commands.schema())


@app.command(help="Talk to the bot in the terminal; nothing is kept.")
def chat(
    knowledge: Knowledge = None,
    config_file: Config = None,
    lang: Annotated[str | None, typer.Option(help="ja or en; default: told by the words.")] = None,
) -> None:
    from handoff.configuration import load_settings
    from handoff.logs import set_up_logs
    from handoff.terminal import chat

    set_up_logs("error")
    settings = load_settings(config_file, knowledge=knowledge)
    asyncio.run(chat(settings, lambda: input("> "), typer.echo, lang=lang))


@app.command(help="Check database, knowledge, LINE token, webhook, quota and clock.")
def doctor(config_file: Config = None) -> None:
    from handoff.configuration import load_settings
    from handoff.doctor import examine
    from handoff.logs import set_up_logs

    set_up_logs("error")
    findings = asyncio.run(examine(load_settings(config_file)))
    for finding in findings:
        typer.echo(str(finding))
    raise typer.Exit(1 if any(finding.bad for finding in findings) else 0)


@app.command(help="Copy the database whole, beside a running server too, and check the copy.")
def backup(
    config_file: Config = None,
    out: Annotated[
        Path | None,
        typer.Option(help="File to write; without it a new one in backup_dir, or here."),
    ] = None,
) -> None:
    from bot.clock import now_ms
    from handoff.backup import make_backup

    def report(line: str) -> None:
        typer.echo(line, err=True)

    for line in make_backup(_settings(config_file), out, now=now_ms(), report=report).lines():
        typer.echo(line)


@database.command(
    "upgrade", help="Create or upgrade the tables. The server does this by itself at start."
)
def upgrade(config_file: Config = None) -> None:
    from bot.schema import upgrade_sqlite
    from bot.sqlite_store import locked
    from handoff.configuration import load_settings

    path = load_settings(config_file).database_path()
    with locked(path):
        upgrade_sqlite(path)
    typer.echo(f"{path} is up to date.")


@config.command("show", help="Print the settings in force; secrets are masked.")
def show(config_file: Config = None) -> None:
    from handoff.configuration import load_settings, render_settings

    typer.echo(render_settings(load_settings(config_file)))


@knowledge.command(
    "import", help="Report what a table or list would add and change; with --write do it."
)
def knowledge_import(
    file: Annotated[Path, typer.Argument(help="A table (CSV) or a list (JSON).")],
    folder: Knowledge = None,
    config_file: Config = None,
    *,
    profile: Annotated[
        Literal["table", "keywords", "articles"] | None,
        typer.Option(help="What the columns mean; told by their headings without it."),
    ] = None,
    into: Annotated[
        str | None, typer.Option(help="Name of the file for new entries, without ending.")
    ] = None,
    update: Annotated[bool, typer.Option("--update", help="Change entries that differ.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write; without it only report.")] = False,
    json: Json = False,
) -> None:
    from faq import exchange_commands

    path, default = _knowledge(folder, config_file)
    code = exchange_commands.import_file(
        file,
        path,
        profile=profile,
        into=into,
        update=update,
        write=write,
        as_json=json,
        default_lang=default,
    )
    raise typer.Exit(code)


@knowledge.command("export", help="Write all entries as one table or list.")
def knowledge_export(
    folder: Knowledge = None,
    config_file: Config = None,
    form: Annotated[
        Literal["csv", "json"],
        typer.Option("--format", help="csv for spreadsheets; json has all."),
    ] = "csv",
    out: Annotated[
        Path | None, typer.Option(help="File to write; standard output without it.")
    ] = None,
    lang: Annotated[
        Literal["ja", "en"] | None, typer.Option(help="Language of the headings.")
    ] = None,
) -> None:
    from faq import exchange_commands

    path, default = _knowledge(folder, config_file)
    code = exchange_commands.export_file(
        path,
        out=out,
        form=form,
        lang=lang or ("ja" if default == "ja" else "en"),
        default_lang=default,
    )
    raise typer.Exit(code)


Reference = Annotated[
    str, typer.Argument(help="Reference of any of the customer's conversations, like M-7K2Q.")
]
LineId = Annotated[str, typer.Option("--line-id", help="The customer's id on LINE.")]
VisitorId = Annotated[str, typer.Option("--visitor", help="The customer's id in the web chat.")]


@customer.command("export", help="Write everything that is held about one customer.")
def customer_export(
    reference: Reference = "",
    line_id: LineId = "",
    visitor: VisitorId = "",
    out: Annotated[
        Path | None, typer.Option(help="New folder, or a name that ends in .zip.")
    ] = None,
    config_file: Config = None,
) -> None:
    from handoff.customer_commands import Named, export_customer

    named = Named(reference=reference, line_id=line_id, visitor=visitor)
    _print(export_customer(_settings(config_file), named, out=out))


@customer.command("erase", help="Erase everything about one customer, for good.")
def customer_erase(
    reference: Reference = "",
    line_id: LineId = "",
    visitor: VisitorId = "",
    config_file: Config = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    from handoff.customer_commands import Named, describe_customer, erase_customer

    settings = _settings(config_file)
    named = Named(reference=reference, line_id=line_id, visitor=visitor)
    if not yes:
        typer.echo(asyncio.run(describe_customer(settings, named)))
        typer.confirm("Erase all of it? This cannot be undone.", abort=True)
    _print(erase_customer(settings, named))


@staff.command("add", help="Add an account, also while the server runs.")
def staff_add(
    login: str,
    role: Annotated[str, typer.Option(help="agent, supervisor or admin.")],
    name: Annotated[str, typer.Option(help="Shown to colleagues and customers.")] = "",
    password_file: Annotated[
        Path | None, typer.Option(help="Holds the password; without it a one-time one is made.")
    ] = None,
    config_file: Config = None,
) -> None:
    from handoff.staffing import add_account

    settings = _settings(config_file)
    _print(add_account(settings, login=login, role=role, name=name, password_file=password_file))


@staff.command("list", help="List the accounts.")
def staff_list(config_file: Config = None) -> None:
    from handoff.staffing import list_accounts

    _print(list_accounts(_settings(config_file)))


@staff.command(
    "disable",
    help="Switch an account off: its logins end, its conversations go back to the queue.",
)
def staff_disable(login: str, config_file: Config = None) -> None:
    from handoff.staffing import disable_account

    _print(disable_account(_settings(config_file), login=login))


@staff.command(
    "reset-second-factor",
    help="Remove an account's second factor, when phone and recovery codes are lost.",
)
def staff_reset_second_factor(login: str, config_file: Config = None) -> None:
    from handoff.staffing import reset_second_factor

    _print(reset_second_factor(_settings(config_file), login=login))


def _print(lines: Coroutine[Any, Any, list[str]]) -> None:
    for line in asyncio.run(lines):
        typer.echo(line)


def _settings(config_file: Path | None) -> Any:
    from handoff.configuration import load_settings

    return load_settings(config_file)


def _knowledge(folder: Path | None, config_file: Path | None) -> tuple[Path, str]:
    """The folder named on the command line, or the settings'; and the default language."""
    from handoff.configuration import load_settings

    settings = load_settings(config_file)
    return folder or settings.knowledge, settings.talk.default_lang


def _today() -> date:
    return datetime.now().astimezone().date()  # noqa: TID251 - the command line reads the clock


def _now(config_file: Path | None) -> datetime:
    """The time where the settings say that we are, by which announcements begin and end."""
    from handoff.configuration import load_settings

    zone = ZoneInfo(load_settings(config_file).people.timezone)
    return datetime.now(zone)  # noqa: TID251 - the command line reads the clock


def main() -> None:
    """Run the command line; what the operator can mend is told without a traceback."""
    from bot.errors import MadoguchiError

    try:
        app()
    except MadoguchiError as error:
        typer.echo(f"madoguchi: {error}", err=True)
        sys.exit(UNUSABLE)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
