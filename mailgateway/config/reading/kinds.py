"""Kinds of values that the configuration knows: how each is written, and what is said where it is written wrongly."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from mailgateway.config.reading.document import Keyed
from mailgateway.config.secret import SOURCES, Secret
from mailgateway.desk.events import WORDS as EVENTS
from mailgateway.desk.letters.pacing import EVERY_OTHER, Rate
from mailgateway.mail.written.subjects import problem_of_format
from mailgateway.rules.nearest import instead
from mailgateway.rules.text import described, excerpt

WRONG = "wrong"
"""The type of pydantic errors whose text is our own."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_HOST = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?){0,32}"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_HOST}")
_DOMAIN = re.compile(_HOST)
_SERVER = re.compile(rf"{_HOST}|\[?[0-9a-fA-F:.]+\]?")
_WORD = re.compile(r"\w[\w.@-]{0,63}")
_DURATION = re.compile(r"(\d{1,9})(s|m|h|d)", re.ASCII)
_RATE = re.compile(r"(\d{1,6})/(s|m|h|d)", re.ASCII)
_SIZE = re.compile(r"(\d{1,9})(KB|MB|GB)", re.ASCII | re.IGNORECASE)
_TOKEN_URL = re.compile(r"(?:https://|http://(?:localhost|127\.0\.0\.1)[:/])[^\s]{1,1000}")
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[\w./-]{0,200})?", re.ASCII)
_HOOK_URL = re.compile(r"https?://[!-~]{1,1000}")
_FLAG = re.compile(r"\\?[A-Za-z0-9$_.-]+")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"KB": 10**3, "MB": 10**6, "GB": 10**9}


class Strict(BaseModel):
    """What every part of a configuration file is: unchangeable, and without room for unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def wrong(problem: str) -> NoReturn:
    """Refuse a value, saying what is wrong and what would be right."""
    raise PydanticCustomError(WRONG, "{problem}", {"problem": problem})


def _text(written: object, what: str) -> str:
    if not isinstance(written, str):
        wrong(f"{what} belongs here, not {described(written)}")
    return written


def mail_address(written: str) -> str:
    """Return a mail address as it is written, where it is one."""
    local, _, _ = written.rpartition("@")
    if not _ADDRESS.fullmatch(written) or len(local) > 64 or len(written) > 254:
        wrong(f"{excerpt(written)} is no mail address: write it plainly, such as anna@example.com")
    return written


def _exempt(written: str) -> str:
    return f"@{_domain(written[1:])}" if written.startswith("@") else mail_address(written)


def _domain(written: str) -> str:
    if not _DOMAIN.fullmatch(written) or len(written) > 253:
        wrong(f"{excerpt(written)} is no domain: write it plainly, such as example.com (xn--… for other letters)")
    return written.lower()


def _host(written: str) -> str:
    if not _SERVER.fullmatch(written):
        wrong(f"{excerpt(written)} is no host: write its name alone, such as mail.example.com, and the port as port:")
    return written


def _word(written: str) -> str:
    if not _WORD.fullmatch(written):
        wrong(f"{excerpt(written)} is no name: write one word of letters, digits, dots and hyphens, such as first-line")
    return written


def _line(written: str) -> str:
    if not written.strip() or not written.isprintable() or len(written) > 200:
        wrong(f"{excerpt(written)} does not fit: write one line of text")
    return written


def duration(written: object) -> timedelta:
    """Return the time that is written, such as 30s."""
    if isinstance(written, timedelta):
        return written
    found = _DURATION.fullmatch(written) if isinstance(written, str) else None
    if found is None or not int(found[1]):
        wrong(f"a time belongs here, such as 30s, 15m, 2h or 3d, not {described(written)}")
    return timedelta(seconds=min(int(found[1]) * _SECONDS[found[2]], 10**9))


def spoken_duration(duration: timedelta) -> str:
    """Return a time as it is written."""
    seconds = round(duration.total_seconds())
    unit = next(unit for unit in ("d", "h", "m", "s") if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def _rates(written: object) -> tuple[tuple[str, Rate], ...]:
    if not isinstance(written, dict):
        wrong(f"domains with their rates belong here, such as {{gmail.com: 20/m}}, not {described(written)}")
    return tuple((_rated_domain(domain), _rate(rate, domain)) for domain, rate in written.items())


def _rated_domain(written: object) -> str:
    return EVERY_OTHER if written == EVERY_OTHER else _domain(_text(written, "a domain, or *,"))


def _rate(written: object, domain: object) -> Rate:
    found = _RATE.fullmatch(written) if isinstance(written, str) else None
    if found is None or not int(found[1]):
        wrong(f"a rate belongs behind {excerpt(str(domain))}, such as 20/m or 500/h, not {described(written)}")
    return Rate(int(found[1]), timedelta(seconds=_SECONDS[found[2]]))


def _spoken_rates(rates: tuple[tuple[str, Rate], ...]) -> dict[str, str]:
    letters = {timedelta(seconds=seconds): letter for letter, seconds in _SECONDS.items()}
    return {domain: f"{rate.count}/{letters[rate.per]}" for domain, rate in rates}


def _size(written: object) -> int:
    found = _SIZE.fullmatch(written) if isinstance(written, str) else None
    if found is None or not int(found[1]):
        wrong(f"a size belongs here, such as 500KB or 50MB, not {described(written)}")
    return int(found[1]) * _BYTES[found[2].upper()]


def _spoken_size(size: int) -> str:
    unit = next(unit for unit in ("GB", "MB", "KB") if size % _BYTES[unit] == 0 or unit == "KB")
    return f"{size // _BYTES[unit]}{unit}"


def _secret(written: object) -> Secret:
    """Read {env: NAME} and its like. What else was written is not shown: it may be the secret itself."""
    if not isinstance(written, dict):
        wrong(
            "a secret does not belong in this file: write {env: NAME} for an environment variable, {file: PATH} for a "
            "file, or {credential: NAME} for a systemd credential"
        )
    if len(written) != 1 or next(iter(written)) not in SOURCES:
        wrong("a secret is written {env: NAME}, {file: PATH} or {credential: NAME}, with one of these keys")
    source, name = next(iter(written.items()))
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        wrong(f"{source}: takes a name, not {'an empty text' if isinstance(name, str) else described(name)}")
    if source == "credential" and "/" in name:
        wrong(f"{excerpt(name)} is no credential: write its name alone, without a folder")
    return Secret(source, name, written.place if isinstance(written, Keyed) else ("", 0, 0))


@dataclass(frozen=True, slots=True)
class Settle:
    """What happens on the server to a mail that is safely ours: `action` is move, flag or delete.

    `target` is the folder of a move and the flag of a flag.
    """

    action: str
    target: str = ""


def _settle(written: object) -> Settle:
    if isinstance(written, Settle):
        return written
    action, colon, target = _text(written, 'one of "move:FOLDER", "flag:FLAG" and "delete"').partition(":")
    if action == "move" and target.strip() and target.isprintable():
        return Settle(action, target.strip())
    if action == "flag" and _FLAG.fullmatch(target or "\\Seen"):
        return Settle(action, target or "\\Seen")
    if action == "delete" and not colon:
        return Settle(action)
    wrong(f"{excerpt(str(written))} is not known: write move:FOLDER, flag, flag:FLAG or delete")


def _spoken_settle(settle: Settle) -> str:
    return f"{settle.action}:{settle.target}" if settle.target else settle.action


def _path(written: object, info: ValidationInfo) -> Path:
    """Join a path to the folder of the file that it stands in (`context`)."""
    if not isinstance(written, Path):
        written = Path(_line(_text(written, "a path")))
    return Path(info.context or "") / written.expanduser()


def _blobs(written: object, info: ValidationInfo) -> str:
    url = _line(_text(written, "a folder or an fsspec address"))
    if url.startswith("s3://") and not _BUCKET.fullmatch(url):
        wrong("this is no bucket: write s3://BUCKET or s3://BUCKET/FOLDER; who asks there is said at s3:")
    return url if "://" in url or "::" in url else str(_path(url, info).absolute())


def _database(written: object, info: ValidationInfo) -> str | Secret:
    if isinstance(written, dict):
        return _secret(written)
    url = _text(written, "an address such as sqlite:///data/mailgateway.db or {env: NAME}")
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")) or url == "sqlite:///":
        wrong(
            "this database is not known: write sqlite:///FILE (four slashes for an absolute path), "
            "postgresql+psycopg://USER@HOST/NAME, or {env: NAME} for a variable that holds it"
        )
    return absolute(url, Path(info.context or ""))


def absolute(url: str, folder: Path) -> str:
    """Return a database's address; the file of SQLite is joined to the folder, wherever the process was started."""
    file = url.removeprefix("sqlite:///")
    return url if file == url else f"sqlite:///{(folder / Path(file).expanduser()).absolute()}"


def _token_url(written: str) -> str:
    if not _TOKEN_URL.fullmatch(written):
        wrong(f"{excerpt(written)} is no address to send secrets to: it begins with https://")
    return written


def _tag_format(written: str) -> str:
    problem = problem_of_format(written)
    if problem:
        wrong(problem)
    return written


def _hook_url(written: str) -> str:
    if not _HOOK_URL.fullmatch(written) or not _host_of(written):
        wrong(f"{excerpt(written)} is no address to call: write one such as https://example.com/hooks/mail")
    if "@" in urlsplit(written).netloc:
        wrong("a password does not belong in an address: what signs the calls is the secret")
    return written


def _host_of(url: str) -> str:
    """Return the host of an address, "" where it has none or its port is no port."""
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        return ""
    return host if host and _SERVER.fullmatch(host) else ""


def _event_words(written: object) -> tuple[str, ...] | None:
    """Read the words of events; None stands for all of them."""
    if written is None or written == "all":
        return None
    items = [written] if isinstance(written, str) else written
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        wrong(f"words belong here, such as [opened, replied], or all, not {described(written)}")
    for item in items:
        if item not in EVENTS:
            wrong(f"unknown event {excerpt(item)}; {instead(item, (*EVENTS, 'all'))}")
    return tuple(dict.fromkeys(items))


def _schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


_SECRET_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Where the secret is kept: an environment variable, a file, or a systemd credential.",
    "properties": {source: {"type": "string", "minLength": 1} for source in SOURCES},
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}

Address = Annotated[str, AfterValidator(mail_address), _schema(type="string", format="email")]
Domain = Annotated[str, AfterValidator(_domain), _schema(type="string", format="hostname")]
Host = Annotated[str, AfterValidator(_host), _schema(type="string", minLength=1)]
Word = Annotated[str, AfterValidator(_word), _schema(type="string", pattern=r"^\w[\w.@-]{0,63}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Line = Annotated[str, AfterValidator(_line), _schema(type="string", minLength=1, maxLength=200)]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
Truth = Annotated[bool, Field(strict=True)]
TagFormat = Annotated[
    str, AfterValidator(_tag_format), _schema(type="string", pattern=r"\{number\}", examples=["[#{number}]"])
]
TokenUrl = Annotated[str, AfterValidator(_token_url), _schema(type="string", format="uri", pattern="^https?://")]
HookUrl = Annotated[str, AfterValidator(_hook_url), _schema(type="string", format="uri", pattern="^https?://")]
LocalPath = Annotated[Path, PlainValidator(_path), PlainSerializer(str), _schema(type="string", minLength=1)]
Blobs = Annotated[str, PlainValidator(_blobs), _schema(type="string", minLength=1)]
Duration = Annotated[
    timedelta,
    PlainValidator(duration),
    PlainSerializer(spoken_duration),
    _schema(type="string", pattern="^[0-9]+(s|m|h|d)$", examples=["30s", "15m", "72h"]),
]
Size = Annotated[
    int,
    PlainValidator(_size),
    PlainSerializer(_spoken_size),
    _schema(type="string", pattern="^[0-9]+([kK]|[mM]|[gG])[bB]$", examples=["50MB"]),
]
Rates = Annotated[
    tuple[tuple[str, Rate], ...],
    PlainValidator(_rates),
    PlainSerializer(_spoken_rates),
    _schema(type="object", additionalProperties={"type": "string", "pattern": "^[0-9]+/[smhd]$"}),
]
Exempt = Annotated[str, AfterValidator(_exempt)]
SecretRef = Annotated[Secret, PlainValidator(_secret), _schema(**_SECRET_SCHEMA)]
Settlement = Annotated[
    Settle,
    PlainValidator(_settle),
    PlainSerializer(_spoken_settle),
    _schema(type="string", pattern="^(move:.+|flag(:.+)?|delete)$", examples=["move:Processed", "flag", "delete"]),
]
EventWords = Annotated[
    tuple[str, ...] | None,
    PlainValidator(_event_words),
    PlainSerializer(lambda words: "all" if words is None else list(words)),
    _schema(
        anyOf=[{"const": "all"}, {"type": "array", "items": {"enum": list(EVENTS)}, "uniqueItems": True}],
        examples=[["opened", "received", "replied"], "all"],
    ),
]
Database = Annotated[
    str | Secret, PlainValidator(_database), _schema(anyOf=[{"type": "string", "format": "uri"}, _SECRET_SCHEMA])
]
