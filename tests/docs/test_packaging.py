"""What is shipped: a wheel that works where no checkout is, and an sdist that another one can be built from."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist and, from what is in it, the wheel, as `make build` does; return the folder of both."""
    folder = tmp_path_factory.mktemp("dist")
    _build(ROOT, folder, "sdist")
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    [tree] = (folder / "unpacked").iterdir()
    (tree / "config" / "data").mkdir()
    (tree / "config" / "data" / "mailgateway.db").write_text("mails and keys")
    _build(tree, folder, "wheel")
    return folder


@pytest.fixture(scope="module")
def program(dist: Path) -> Path:
    """Install the wheel into a virtual environment of its own, and return the command; libraries are borrowed."""
    home = dist / "elsewhere"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    wheel = str(next(dist.glob("*.whl")))
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    _run([*pip, "install", "--quiet", "--no-index", "--no-deps", wheel], dist)
    [site] = home.glob("lib/*/site-packages")
    borrowed = [path for path in sys.path if path.endswith("site-packages")]
    (site / "borrowed.pth").write_text("\n".join(borrowed))
    return home / "bin" / "mailgateway"


def test_an_installed_wheel_writes_and_checks_an_example(program: Path, tmp_path: Path) -> None:
    """Installed elsewhere, `init` writes the example configuration and `check` finds it right."""
    written = _run([str(program), "init", "desk"], tmp_path)
    assert "gateway.yaml" in written
    assert (tmp_path / "desk" / "schema" / "gateway.json").is_file()
    assert _run([str(program), "-c", "desk/gateway.yaml", "check"], tmp_path).startswith("fine: ")


def test_an_installed_wheel_is_the_code_that_runs(program: Path, tmp_path: Path) -> None:
    """The borrowed libraries do not bring the checkout along: code, templates and types are the wheel's own."""
    asked = "import mailgateway.share as s; print(s.__file__, s.share('templates'), s.share('systemd'), sep='\\n')"
    places = _run([str(program.with_name("python")), "-c", asked], tmp_path).splitlines()
    assert all(Path(place).is_relative_to(program.parents[1]) for place in places)


def test_the_wheel_holds_everything_that_is_shared(dist: Path) -> None:
    """Templates, example configuration with its schemas, the unit, the types mark and the licence are in the wheel."""
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    shared = {
        f"mailgateway/_share/{path.relative_to(ROOT)}"
        for folder in ("templates", "config", "systemd")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".html", ".txt", ".subject", ".jinja", ".yaml", ".json", ".md", ".service")
    }
    assert {name for name in names if "/_share/" in name} >= shared
    assert "mailgateway/py.typed" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_the_wheel_holds_nothing_that_a_gateway_in_the_checkout_kept(dist: Path) -> None:
    """Whoever tried it in the checkout and then installs from there packs no mails and no keys."""
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        assert [name for name in wheel.namelist() if "data" in Path(name).parts] == []


def _build(source: Path, folder: Path, what: str) -> None:
    _run([sys.executable, "-m", "hatchling", "build", "--target", what, "--directory", str(folder)], source)


def _run(command: list[str], folder: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MAILGATEWAY"))}
    ran = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, timeout=100, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
