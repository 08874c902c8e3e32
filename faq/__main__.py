"""The knowledge's commands without the server: `python -m faq check DIR`."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from faq import commands, measuring

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Work on a knowledge folder.")

Folder = Annotated[Path, typer.Option("--knowledge", help="The knowledge folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _today() -> date:
    """The one place of this program that looks at the calendar."""
    return date.today()  # noqa: DTZ011 — validity is meant in the place where the admin sits


@app.command()
def check(
    path: Annotated[Path, typer.Argument()] = Path("knowledge"),
    *,
    lang: Annotated[Literal["ja", "en"], typer.Option(help="Language of the advice.")] = "ja",
    form: Annotated[
        Literal["text", "json", "sarif", "github"], typer.Option("--format", help="For whom.")
    ] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for warnings too.")] = False,
    level: Annotated[
        Literal["info", "warning", "error"], typer.Option(help="Least severity that is told.")
    ] = "warning",
) -> None:
    """Load, review and test the knowledge; exit 0, 1 for problems, 2 when unusable."""
    code = commands.check(path, today=_today(), lang=lang, form=form, strict=strict, least=level)
    raise typer.Exit(code)


@app.command()
def ask(
    text: str, *, knowledge: Folder = Path("knowledge"), lang: str = "", json: AsJson = False
) -> None:
    """Say what the bot would answer, with candidates, confidence and why."""
    now = datetime.now()  # noqa: DTZ005, TID251 - announcements begin and end by this clock, too
    code = commands.ask(text, knowledge, today=_today(), lang=lang or None, as_json=json, now=now)
    raise typer.Exit(code)


@app.command("eval")
def evaluate(
    *,
    knowledge: Folder,
    queries: Annotated[Path, typer.Option(help="Labelled questions, one JSON object a line.")],
    predictions: Annotated[Path | None, typer.Option(help="Write each decision here.")] = None,
    json: AsJson = False,
) -> None:
    """Measure quality over labelled questions."""
    code = measuring.evaluate(
        knowledge, queries, today=_today(), predictions=predictions, as_json=json
    )
    raise typer.Exit(code)


@app.command()
def tune(
    *,
    knowledge: Folder = Path("knowledge"),
    queries: Annotated[Path, typer.Option(help="Labelled questions, one JSON object a line.")],
    wrong: Annotated[
        float, typer.Option(min=0.001, max=0.5, help="Share of wrong answers to allow.")
    ] = 0.02,
    json: AsJson = False,
) -> None:
    """Say from which confidence on to answer."""
    code = measuring.tune_limits(knowledge, queries, today=_today(), wrong=wrong, as_json=json)
    raise typer.Exit(code)


@app.command()
def schema() -> None:
    """Print the JSON Schema of knowledge files."""
    raise typer.Exit(commands.schema())


if __name__ == "__main__":
    app()
