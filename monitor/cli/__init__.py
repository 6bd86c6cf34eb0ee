"""The command `klastry`: reads the arguments, calls one function, prints rows, returns one code.

Errors are one line on standard error; a traceback comes only with `--debug`. Nothing heavy is
imported before a command needs it.
"""

import sys
from collections.abc import Sequence

from monitor.cli.streams import CannotWrite, lead_nowhere, open_streams
from storage.collecting import loading


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `arguments` are those of the process if not given."""
    open_streams()
    words = list(sys.argv[1:] if arguments is None else arguments)
    code = 0
    try:
        code = _run(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except CannotWrite as error:
        lead_nowhere(sys.stdout.fileno())
        return _fail(str(error), 4) if code in (0, 3) else code
    return code


def _run(words: list[str]) -> int:
    with loading():
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
    except Abort:
        return 130
    except CannotWrite:
        raise
    except UnicodeEncodeError as error:
        return _no_text(words) or _unexpected(words, error)
    except Exception as error:  # noqa: BLE001  # whatever else happens is one line too
        return _unexpected(words, error)


def _no_text(words: list[str]) -> int:
    """Blame the word that came in another encoding than UTF-8, if one did; names of files may."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            return _fail(f"{word!r} is no text in UTF-8; set the terminal to UTF-8", 2)
    return 0


def _unexpected(words: list[str], error: Exception) -> int:
    _explain(words)
    said = f"unexpected {type(error).__name__}: {error}"
    return _fail(f"{said}; if `klastry verify` finds nothing, run again with --debug and report it", 4)


def _explain(words: list[str]) -> None:
    """Print the traceback of the present error, if it was asked for."""
    if "--debug" in words:
        from traceback import print_exc

        print_exc()


def _fail(message: str, code: int) -> int:
    from storage.records import clean

    print(f"klastry: {clean(message)}", file=sys.stderr)
    return code
