"""Render every notice with sample values, and take pictures of them. Needs Chromium, and pngquant for small files.

python docs/make_pictures.py          the pictures that the documentation shows, into docs/pictures
python docs/make_pictures.py FOLDER   every notice in every language, wide and narrow, light and dark, into FOLDER
python docs/make_pictures.py --check  no picture: does every notice in every language fit a telephone and a window?
"""  # noqa: INP001 - a script, no part of a package

import html
import re
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

from mailgateway.desk.plan import Notice, NoticeKind
from mailgateway.render.branding import with_logo
from mailgateway.render.charts import charts, described
from mailgateway.render.notices import Renderer
from mailgateway.render.samples.brand import PICTURE
from mailgateway.render.samples.notices import samples
from mailgateway.reports.report import Report

ROOT = Path(__file__).resolve().parent.parent
DESK, PHONE = 680, 360
SHOWN: dict[str, tuple[NoticeKind, int]] = {
    "acknowledgement": (NoticeKind.ACKNOWLEDGEMENT, 0),
    "reply": (NoticeKind.REPLY, 2),
    "status_changed": (NoticeKind.STATUS_CHANGED, 0),
    "reminder": (NoticeKind.REMINDER, 0),
    "added": (NoticeKind.ADDED, 0),
    "rated": (NoticeKind.RATED, 0),
    "merged": (NoticeKind.MERGED, 0),
    "problem_news": (NoticeKind.PROBLEM_NEWS, 0),
    "rejected": (NoticeKind.REJECTED, 0),
    "agent_notification": (NoticeKind.AGENT_NOTIFICATION, 0),
    "agent_follow_up": (NoticeKind.AGENT_FOLLOW_UP, 0),
    "agent_receipt": (NoticeKind.AGENT_RECEIPT, 0),
    "answer_held": (NoticeKind.ANSWER_HELD, 0),
    "commands_refused": (NoticeKind.COMMANDS_REFUSED, 0),
    "report": (NoticeKind.REPORT, 0),
    "digest": (NoticeKind.DIGEST, 0),
}
"""What the documentation shows in a window: name of the picture, notice, and which of its samples."""
ON_A_PHONE = ("acknowledgement", "reply", "status_changed")
"""What it shows on a telephone as well, light and dark."""
LANGUAGES = ("en", "pl", "de")
FLAP = b"""<svg xmlns="http://www.w3.org/2000/svg" width="420" height="200" viewBox="0 0 420 200">
<rect width="420" height="200" fill="#eef1f5"/><rect x="60" y="40" width="300" height="130" rx="10" fill="#cfd6df"/>
<rect x="90" y="70" width="240" height="70" rx="6" fill="#7d8896"/>
<rect x="196" y="96" width="28" height="62" rx="8" fill="#0b6b5d"/>
<path d="M210 178v-14m-9 5l9 11 9-11" stroke="#b00020" stroke-width="4" fill="none"/></svg>"""
"""What stands for the picture in the sample of an answer."""
FRAMES = """<!doctype html><meta charset="utf-8">
<body style="margin:0;background:#888;width:max-content;display:flex;align-items:flex-start;gap:%(gap)spx">%(frames)s
<script>
addEventListener("load", () => {
  for (const frame of document.querySelectorAll("iframe"))
    frame.style.height = frame.contentDocument.documentElement.scrollHeight + "px";
  document.body.dataset.wide = [...document.querySelectorAll("iframe")].filter(frame =>
    frame.contentDocument.documentElement.scrollWidth > frame.clientWidth).map(frame => frame.title).join(",");
  const height = Math.max(...[...document.querySelectorAll("iframe")].map(frame => frame.offsetHeight));
  document.body.dataset.size = document.body.scrollWidth + "," + height;
});
</script>"""


def main(arguments: list[str]) -> int:
    """Write the pages, then take the pictures; returns the exit code."""
    renderer = Renderer(None, ROOT / "templates")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None and arguments[:1] in ([], ["--check"]):
        print("left out: Chromium is not installed")  # noqa: T201 - a script talks to its user
        return 0 if arguments else 1
    if chromium is not None and arguments == ["--check"]:
        return _check(renderer, chromium)
    if arguments:
        _all(renderer, Path(arguments[0]), chromium)
    elif chromium is not None:
        _documented(renderer, chromium, ROOT / "docs" / "pictures")
    return 0


def _documented(renderer: Renderer, chromium: str, folder: Path) -> None:
    for name, (kind, place) in SHOWN.items():
        page = _page(renderer, kind, "en", place)
        _picture(chromium, page, (DESK,), folder / f"{name}.png")
        if name in ON_A_PHONE:
            _picture(chromium, page, (PHONE,), folder / f"{name}_phone.png")
            _picture(chromium, page, (PHONE,), folder / f"{name}_phone_dark.png", dark=True)


def _check(renderer: Renderer, chromium: str) -> int:
    """Say which notices are wider than a telephone or a window; return 1 where there is one."""
    frames = [
        _frame(_page(renderer, kind, language, place), width, f"{language}/{kind.value}-{place} at {width} px")
        for language in LANGUAGES
        for kind in NoticeKind
        for place, _ in enumerate(samples(kind, language))
        for width in (PHONE, 640)
    ]
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "frames.html"
        source.write_text(FRAMES % {"gap": 0, "frames": "".join(frames)}, "utf-8")
        shown = _run([*_command(chromium, scratch, dark=False), "--dump-dom", source.as_uri()])
    found = re.search(r'data-wide="([^"]*)"', shown)
    if found is None:
        raise SystemExit("Chromium did not measure the pages")
    print(found[1].replace(",", "\n") or f"{len(frames)} pages fit")  # noqa: T201 - a script talks to its user
    return 1 if found[1] else 0


def _all(renderer: Renderer, folder: Path, chromium: str | None) -> None:
    for language in LANGUAGES:
        for kind in NoticeKind:
            for place, _ in enumerate(samples(kind, language)):
                page = _page(renderer, kind, language, place)
                name = f"{language}-{kind.value}-{place}"
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{name}.html").write_text(page, "utf-8")
                if chromium is not None and place < 2:
                    _picture(chromium, page, (800, 390), folder / f"{name}-light.png")
                    _picture(chromium, page, (800, 390), folder / f"{name}-dark.png", dark=True)


def _page(renderer: Renderer, kind: NoticeKind, language: str, place: int) -> str:
    notice = list(samples(kind, language))[place]
    if "charts" in notice.values:
        notice = replace(notice, values={**notice.values, "charts": _charts(renderer, notice)})
    rendered = renderer.render(notice)
    if rendered.defects or rendered.html is None:
        raise SystemExit("\n".join(rendered.defects) or f"{language}/{kind.value} has no HTML")
    page = with_logo(rendered.html, notice) or ""
    return page.replace(f"cid:{PICTURE.content_id}", f"data:image/svg+xml;base64,{b64encode(FLAP).decode()}")


def _charts(renderer: Renderer, notice: Notice) -> list[dict[str, str]]:
    report, words = notice.values["figures"], renderer.report_words(notice.language)
    if not isinstance(report, Report):
        raise SystemExit("the sample has no report")
    told = described(report, words)
    return [
        {
            "name": name,
            "title": words.phrase(name, {}),
            "source": f"data:image/png;base64,{b64encode(picture).decode()}",
            "alt": told[name],
        }
        for name, picture in charts(report, words).items()
    ]


def _picture(chromium: str, page: str, widths: tuple[int, ...], target: Path, *, dark: bool = False) -> None:
    """Take a picture of a page in frames of these widths side by side, as high as the page is."""
    frames = "".join(_frame(page, width) for width in widths)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "frames.html"
        source.write_text(FRAMES % {"gap": 16 if len(widths) > 1 else 0, "frames": frames}, "utf-8")
        command = _command(chromium, scratch, dark=dark)
        measured = _run([*command, "--window-size=2000,1000", "--dump-dom", source.as_uri()])
        size = re.search(r'data-size="(\d+,\d+)"', measured)
        if size is None:
            raise SystemExit(f"{target.name}: Chromium did not measure the page")
        _run([*command, f"--window-size={size[1]}", f"--screenshot={target}", source.as_uri()])
    if shrink := shutil.which("pngquant"):
        _run([shrink, "--force", "--skip-if-larger", "--strip", "--output", str(target), "64", str(target)])


def _frame(page: str, width: int, title: str = "") -> str:
    return (
        f'<iframe style="border:0;flex:none" width="{width}" height="10" title="{html.escape(title)}" '
        f'srcdoc="{html.escape(page)}"></iframe>'
    )


def _command(chromium: str, scratch: str, *, dark: bool) -> list[str]:
    return [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--disable-lcd-text",
        f"--user-data-dir={scratch}/profile",
        f"--blink-settings=preferredColorScheme={0 if dark else 1}",
    ]


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
