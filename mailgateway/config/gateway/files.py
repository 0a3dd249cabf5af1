"""Where the other configuration files are."""

from pathlib import Path

from pydantic import Field

from mailgateway.config.reading.kinds import LocalPath, Strict


class Files(Strict):
    """The other files, relative to this one."""

    groups: LocalPath = Field(default=Path("groups.yaml"), validate_default=True, description="agents and groups")
    rules: LocalPath = Field(default=Path("routing.yaml"), validate_default=True, description="routing rules")
    templates: LocalPath | None = Field(
        default=None, description="a folder of your own templates, which go before the shipped ones"
    )
    knowledge: LocalPath | None = Field(default=None, description="a folder of answers, as Markdown")
    service_levels: LocalPath | None = Field(default=None, description="when the desk works")
    organisations: LocalPath | None = Field(default=None, description="your customers, and what was agreed with each")
    assets: LocalPath | None = Field(default=None, description="the things that tickets are about")
