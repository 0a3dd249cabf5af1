"""The brands of all mailboxes: their logos are read, and none of their texts shows what is private."""

from collections.abc import Iterator
from pathlib import Path

from mailgateway.config.gateway.branding import Branding, texts_of
from mailgateway.config.gateway.file import GatewayFile
from mailgateway.config.logo import read_logo
from mailgateway.config.reading.document import Document
from mailgateway.config.service.groups import GroupsFile
from mailgateway.desk.letters.brand import Logo, Texts
from mailgateway.errors import Finding
from mailgateway.rules.findings import EntryPath


def read_logos(gateway: GatewayFile) -> Iterator[tuple[Path, Logo | str]]:
    """Give each logo by its file, or what is wrong with it."""
    for path in dict.fromkeys(one.logo for _, one in _brandings(gateway) if one.logo is not None):
        yield path, read_logo(path)


def check_logos(gateway: GatewayFile, document: Document) -> Iterator[Finding]:
    """Check that each logo is there, and one that mail programs show."""
    wrong = {path: problem for path, problem in read_logos(gateway) if isinstance(problem, str)}
    for above, one in _brandings(gateway):
        if one.logo in wrong:
            yield document.finding((*above, "logo"), wrong[one.logo])


def check_texts(
    gateway: GatewayFile, document: Document, groups: GroupsFile, groups_document: Document
) -> Iterator[Finding]:
    """Check that what stands under mails to customers shows no agent's own address: such mails would not be sent."""
    private = {address.casefold() for one in groups.agents for address in (one.address, *one.aliases)}
    for above, branding in _brandings(gateway):
        for key, texts in texts_of(branding):
            yield from _shown(private, texts, (*above, key), document)
    signatures = {
        **{("agents", number): one.signature or {} for number, one in enumerate(groups.agents)},
        **{("groups", number): one.signature or {} for number, one in enumerate(groups.groups)},
    }
    for entry, texts in signatures.items():
        yield from _shown(private, texts, (*entry, "signature"), groups_document)


def _shown(private: set[str], texts: Texts, path: EntryPath, document: Document) -> Iterator[Finding]:
    said = "\n".join(texts.values()).casefold()
    for address in sorted(address for address in private if address in said):
        problem = (
            f"{address} is an agent's own address, which customers never see: write {{address}}, the support address"
        )
        yield document.finding(path, problem)


def _brandings(gateway: GatewayFile) -> Iterator[tuple[EntryPath, Branding]]:
    yield ("branding",), gateway.branding
    for number, mailbox in enumerate(gateway.mailboxes):
        if mailbox.branding is not None:
            yield ("mailboxes", number, "branding"), mailbox.branding
