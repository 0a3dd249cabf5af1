"""What gateway.yaml may say of a webhook."""

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from mailgateway.config.reading.kinds import (
    Duration,
    EventWords,
    HookUrl,
    LocalPath,
    SecretRef,
    Strict,
    Truth,
    Word,
    wrong,
)
from mailgateway.desk.letters.webhooks import Include


class Webhook(Strict):
    """Another system that is told over HTTP, signed, of what happens to tickets."""

    name: Word = Field(description="what rules, logs and commands call it, such as crm")
    url: HookUrl = Field(description="where it listens, an https:// address")
    secret: SecretRef = Field(description="what signs the calls, such as {env: NAME}; whsec_ and base64, or any text")
    events: EventWords = Field(default=(), validate_default=True, description="what it is told of: words, or all")
    groups: tuple[Word, ...] = Field(default=(), description="only tickets of these groups; without it, all")
    include: tuple[Include, ...] = Field(
        default=(), description="words of people: text for articles that everybody sees, notes for internal notes"
    )
    clear_text: Truth = Field(default=False, description="let the address begin with http://, in private networks")
    timeout: Duration = Field(default=timedelta(seconds=10), description="how long one call may take as a whole")
    retry_for: Duration = Field(default=timedelta(hours=72), description="how long to go on trying a call")
    ca_file: LocalPath | None = Field(
        default=None, description="a PEM file of the authorities to trust instead of the system's"
    )

    @model_validator(mode="after")
    def _is_protected(self) -> Self:
        if self.url.startswith("http://") and not self.clear_text:
            wrong("http:// protects nothing: write https://, or clear_text: true where it stays in a private network")
        return self
