"""`clarify ask`: the declaration; the work is in assistant.ask."""

from __future__ import annotations

from pathlib import Path

import click

from assistant.commands.options import ask_option, model_options

_EPILOG = """\b
Exit codes:
  0  code for every spec
  3  clarification needed: the questions are in the output, nothing was written
  1  error
  2  wrong usage

\b
An answers file is JSON: {"spec name": ["first answer", null]}; null leaves that
point to the model. Without a terminal nothing is asked and nothing waits."""


class _RequestCommand(click.Command):
    """A command whose argument is words of people, which may begin with a dash."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with one argument that begins with a dash and has blanks taken as the request."""
        words = [arg for arg in args if arg.startswith("-") and any(map(str.isspace, arg)) and "=" not in arg]
        if "--" not in args and len(words) == 1:
            args = [*(arg for arg in args if arg != words[0]), "--", words[0]]
        return super().parse_args(ctx, args)


@click.command(cls=_RequestCommand, epilog=_EPILOG)
@click.argument("request", required=False)
@click.option("--function", metavar="NAME", help="Only this function or method of the file.")
@click.option("--answers", type=click.Path(path_type=Path), help="Answers to the questions, by spec name.")
@click.option("--apply", is_flag=True, help="Write the code into the file without asking.")
@click.option("--output", type=click.Path(path_type=Path), help="Write the result here instead.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else on stdout.")
@click.option("--json-schema", is_flag=True, help="Print the schema of that document.")
@click.option("--decide", is_flag=True, help="Print the decisions and p_ask; write no reply.")
@ask_option
@model_options
@click.option("--temperature", type=click.FloatRange(0, 2), help="Of the sampler.  [default: 0, greedy]")
@click.option("--seed", type=click.IntRange(0), help="Of the sampler.  [default: 0]")
def ask(
    request: str | None,
    function: str | None,
    answers: Path | None,
    apply: bool,
    output: Path | None,
    as_json: bool,
    json_schema: bool,
    decide: bool,
    **flags: str | float | None,
) -> int:
    """Ask about what is unclear in a request, or write the code when it is clear.

    REQUEST is a file, `-` for stdin, or the request in words. It is a file when such a file exists, or when
    it is one word with a path separator or a suffix. From a Python file every stub (a body of `...`, `pass`,
    `raise NotImplementedError` or a docstring alone) and every `# TODO:` is taken.
    """
    if json_schema:
        from assistant.ask.run import print_schema

        return print_schema()
    if request is None:
        raise click.UsageError("Missing argument 'REQUEST': a file, `-`, or the request in words.")
    if decide and (apply or output or answers):
        raise click.UsageError(
            "--decide generates nothing, so --apply, --output and --answers do not go with it."
        )
    from assistant.ask.run import Options, run
    from assistant.config import load

    options = Options(
        argument=request,
        function=function,
        answers=answers,
        apply=apply,
        output=output,
        as_json=as_json,
        decide=decide,
    )
    return run(options, load(**flags))
