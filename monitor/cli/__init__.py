"""The command `klastry`: reads the arguments, calls one function, prints rows, returns one code.

Errors are one line on standard error; a traceback comes only with `--debug`. Nothing heavy is
imported before a command needs it.
"""

import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `arguments` are those of the process if not given."""
    _open_streams()
    words = list(sys.argv[1:] if arguments is None else arguments)
    code = _run(words)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        from monitor.cli.options import discard_output

        discard_output()
    return code


def _run(words: list[str]) -> int:
    from typer import Abort, TyperException

    from monitor.cli.app import app
    from storage.errors import KlastryError

    try:
        return app(words, standalone_mode=False, prog_name="klastry") or 0
    except TyperException as error:
        # The help, printed where no command was given, comes as an error without a message.
        if not (message := error.format_message()):
            return error.exit_code
        path = getattr(getattr(error, "ctx", None), "command_path", "klastry")
        return _fail(f"{message.rstrip('.')}; see `{path} --help`", error.exit_code)
    except KlastryError as error:
        _explain(words)
        return _fail(str(error), error.code)
    except (Abort, KeyboardInterrupt):
        return 130
    except Exception as error:  # noqa: BLE001  # whatever else happens is one line too
        _explain(words)
        return _fail(f"unexpected {type(error).__name__}: {error}; run again with --debug and report it", 4)


def _explain(words: list[str]) -> None:
    """Print the traceback of the present error, if it was asked for."""
    if "--debug" in words:
        from traceback import print_exc

        print_exc()


def _fail(message: str, code: int) -> int:
    from storage.records import clean

    print(f"klastry: {clean(message)}", file=sys.stderr)
    return code


def _open_streams() -> None:
    """Standard streams that were closed lead nowhere, and text is UTF-8 whatever the locale."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
