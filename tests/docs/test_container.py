"""The Containerfile and its compose file name what there is, and give the daemon no more than it needs."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from mailgateway.config.gateway.metrics import Metrics
from tests.docs.pages import ROOT, page

TEXT = page("Containerfile").replace("\\\n", " ")
STAGES = TEXT.split("\nFROM ")[1:]


def instructions(name: str, text: str = TEXT) -> list[str]:
    """Return what stands behind an instruction, for each of them."""
    return re.findall(rf"(?m)^{name} (.+)$", text)


def copied() -> set[str]:
    """Return what is copied from the checkout."""
    return {word for line in instructions("COPY", STAGES[0]) for word in line.split()[:-1]}


def test_what_is_copied_is_there_and_handed_to_the_build() -> None:
    """Nothing else of the checkout gets near the image."""
    assert all((ROOT / name).exists() for name in copied())
    lines = page(".dockerignore").splitlines()
    assert {line[1:] for line in lines if line.startswith("!")} == copied()


def test_what_the_example_wrote_stays_out_of_the_image() -> None:
    """Who tried it in the checkout has mails and keys beside it."""
    example = YAML(typ="safe").load(ROOT / "config/gateway.yaml")
    folders = {example["database"].removeprefix("sqlite:///"), example["blobs"]}
    lines = page(".dockerignore").splitlines()
    kept_back = [line for line in lines[lines.index("!config") :] if line.startswith("config/")]
    assert all(any(f"config/{folder}".startswith(f"{one}/") for one in kept_back) for folder in folders)


def test_what_a_wheel_is_built_of_is_copied() -> None:
    """Every folder that pyproject.toml puts into a wheel, and the files that it names."""
    project = tomllib.loads(page("pyproject.toml"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    shared = {Path(name).parts[0] for name in wheel["force-include"]}
    assert {*wheel["packages"], *shared, project["project"]["readme"], "LICENSE"} <= copied()


def test_its_python_is_one_that_the_project_is_made_for() -> None:
    """The base is no older than pyproject.toml asks for, and one that it names."""
    project = tomllib.loads(page("pyproject.toml"))["project"]
    [version] = re.findall(r"python:(\d+\.\d+)-slim", TEXT)
    least = project["requires-python"].removeprefix(">=")
    assert [int(part) for part in version.split(".")] >= [int(part) for part in least.split(".")]
    assert f"Programming Language :: Python :: {version}" in project["classifiers"]


def test_libraries_come_from_a_lock_with_hashes() -> None:
    """The one by default, and each that a comment or the page names."""
    assert "--require-hashes --requirement requirements/${LOCK}.lock" in TEXT
    named = set(re.findall(r"LOCK=(\w+)", TEXT + page("docs/containers.md")))
    assert named >= {"runtime", "s3"}
    assert all("--hash=sha256:" in page(f"requirements/{name}.lock") for name in named)


def test_it_runs_as_nobody_in_particular() -> None:
    """Not as root, by a number that a cluster can check, with one folder of its own."""
    assert instructions("USER", STAGES[1]) == ["10001"]
    assert instructions("VOLUME", STAGES[1]) == ["/var/lib/mailgateway"]
    assert not re.search(r"(?i)password|secret_key|token", re.sub(r"/run/secrets", "", TEXT))


def test_the_health_check_asks_where_metrics_are_by_default() -> None:
    """`metrics: {}` is all that a configuration needs for it."""
    [check] = instructions("HEALTHCHECK")
    command = json.loads(check.partition("CMD ")[2])
    assert f"http://{Metrics().listen}/healthz" in command[-1]
    compile(command[-1], "HEALTHCHECK", "exec")


def test_the_compose_file_holds_together() -> None:
    """Every volume and secret that a service names is there, and the gateway is as confined as the page says."""
    compose: dict[str, Any] = YAML(typ="safe").load(ROOT / "container/compose.yaml")
    services = compose["services"]
    used = {name for service in services.values() for name in service.get("secrets", ())}
    assert used == set(compose["secrets"])
    places = {volume.partition(":")[0] for service in services.values() for volume in service["volumes"]}
    assert {place for place in places if not place.startswith("./")} == set(compose["volumes"])
    gateway = services["gateway"]
    assert (gateway["read_only"], gateway["tmpfs"], gateway["cap_drop"]) == (True, ["/tmp"], ["ALL"])
    assert (ROOT / "container" / gateway["build"]["context"] / "Containerfile").exists()
    for secret in compose["secrets"].values():
        assert Path(secret["file"]).name in page("docs/containers.md")


def test_what_is_removed_again_is_what_the_build_alone_needs() -> None:
    """All of it, and nothing that a library at work imports."""
    [removed] = re.findall(r"pip uninstall [-\w ]*--yes ([\w -]+)", TEXT)
    for lock in ("runtime", "s3"):
        found = re.findall(
            r"(?m)^([\w.-]+)==.*\n(?:    --hash.*\n)+((?:    #.*\n)+)", page(f"requirements/{lock}.lock")
        )
        wanted_by = {
            name: set(re.sub(r"#|\bvia\b|-[rc] requirements/runtime.lock|-r", "", by).split()) for name, by in found
        }
        build_alone = {name for name, by in wanted_by.items() if by <= {"hatchling", "requirements/build.in"}}
        assert {*removed.split()} - {"pip"} == build_alone
