"""Render every notice with sample values, and take pictures of them. Needs Chromium, and pngquant for small files.

python docs/make_pictures.py          the pictures that the documentation shows, into docs/pictures
python docs/make_pictures.py FOLDER   every notice in every language, wide and narrow, light and dark, into FOLDER
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
from mailgateway.render.charts import charts, described
from mailgateway.render.notices import Renderer
from mailgateway.render.samples import samples
from mailgateway.reports.report import Report

ROOT = Path(__file__).resolve().parent.parent
SHOWN = (
    NoticeKind.ACKNOWLEDGEMENT,
    NoticeKind.AGENT_NOTIFICATION,
    NoticeKind.REPLY,
    NoticeKind.STATUS_CHANGED,
    NoticeKind.REPORT,
)
FRAMES = """<!doctype html><meta charset="utf-8">
<body style="margin:0;background:#888;width:max-content;display:flex;align-items:flex-start;gap:%(gap)spx">%(frames)s
<script>
addEventListener("load", () => {
  for (const frame of document.querySelectorAll("iframe"))
    frame.style.height = frame.contentDocument.documentElement.scrollHeight + "px";
  const height = Math.max(...[...document.querySelectorAll("iframe")].map(frame => frame.offsetHeight));
  document.body.dataset.size = document.body.scrollWidth + "," + height;
});
</script>"""


def main(arguments: list[str]) -> int:
    """Write the pages, then take the pictures; returns the exit code."""
    renderer = Renderer(None, ROOT / "templates")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if arguments:
        _all(renderer, Path(arguments[0]), chromium)
    elif chromium is None:
        print("no pictures: Chromium is not installed")  # noqa: T201 - a script talks to its user
        return 1
    else:
        for kind in SHOWN:
            _picture(chromium, _page(renderer, kind, "en", 0), (680,), ROOT / "docs" / "pictures" / f"{kind.value}.png")
    return 0


def _all(renderer: Renderer, folder: Path, chromium: str | None) -> None:
    for language in ("en", "pl"):
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
    if kind is NoticeKind.REPORT:
        notice = replace(notice, values={**notice.values, "charts": _charts(renderer, notice)})
    rendered = renderer.render(notice)
    if rendered.defects or rendered.html is None:
        raise SystemExit("\n".join(rendered.defects) or f"{language}/{kind.value} has no HTML")
    return rendered.html


def _charts(renderer: Renderer, notice: Notice) -> list[dict[str, str]]:
    report, words = notice.values["figures"], renderer.report_words(notice.language)
    if not isinstance(report, Report):
        raise SystemExit("the sample has no report")
    told = described(report, words)
    return [
        {"name": name, "source": f"data:image/png;base64,{b64encode(picture).decode()}", "alt": told[name]}
        for name, picture in charts(report, words).items()
    ]


def _picture(chromium: str, page: str, widths: tuple[int, ...], target: Path, *, dark: bool = False) -> None:
    """Take a picture of a page in frames of these widths side by side, as high as the page is."""
    frames = "".join(
        f'<iframe style="border:0;flex:none" width="{width}" height="10" srcdoc="{html.escape(page)}"></iframe>'
        for width in widths
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "frames.html"
        source.write_text(FRAMES % {"gap": 16 if len(widths) > 1 else 0, "frames": frames}, "utf-8")
        command = [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-lcd-text",
            f"--user-data-dir={scratch}/profile",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
        ]
        measured = _run([*command, "--window-size=2000,1000", "--dump-dom", source.as_uri()])
        size = re.search(r'data-size="(\d+,\d+)"', measured)
        if size is None:
            raise SystemExit(f"{target.name}: Chromium did not measure the page")
        _run([*command, f"--window-size={size[1]}", f"--screenshot={target}", source.as_uri()])
    if shrink := shutil.which("pngquant"):
        _run([shrink, "--force", "--skip-if-larger", "--strip", "--output", str(target), "64", str(target)])


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
