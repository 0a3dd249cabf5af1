"""Notices in words: the shipped templates, operators' own ones, and what happens when one is broken."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailgateway.desk.model import Article
from mailgateway.desk.plan import Audience, Notice, NoticeKind
from mailgateway.mail.model import Address
from mailgateway.render.notices import Renderer, languages
from mailgateway.render.samples.notices import samples

SHIPPED = Path(__file__).parents[3] / "templates"
MARKERS = {
    "en": "##- reply above this line -##",
    "pl": "##- odpowiedz powyżej tej linii -##",
    "de": "##- bitte oberhalb dieser Zeile antworten -##",
}
WITHOUT_TICKET = (
    NoticeKind.REJECTED,
    NoticeKind.ALARM,
    NoticeKind.REPORT,
    NoticeKind.CUSTOMER_REPORT,
    NoticeKind.DIGEST,
)
CONTINUES = (
    NoticeKind.ACKNOWLEDGEMENT,
    NoticeKind.REPLY,
    NoticeKind.STATUS_CHANGED,
    NoticeKind.RATED,
    NoticeKind.ADDED,
    NoticeKind.MERGED,
    NoticeKind.REMINDER,
    NoticeKind.PROBLEM_NEWS,
    NoticeKind.AGENT_FOLLOW_UP,
    NoticeKind.AGENT_REMINDER,
    NoticeKind.AGENT_RECEIPT,
)


def sample(kind: NoticeKind, language: str = "en") -> Notice:
    """Return the full sample notice of a kind."""
    return next(samples(kind, language))


def asked(notice: Notice, **changes: str) -> Notice:
    """Return the notice with another article."""
    assert notice.article is not None
    article: Article = replace(notice.article, **changes)  # type: ignore[arg-type]  # the fields asked for are text
    return replace(notice, article=article)


@pytest.fixture
def renderer() -> Renderer:
    """Give a renderer of the shipped templates."""
    return Renderer(None, SHIPPED)


@pytest.mark.parametrize("language", ["en", "pl", "de"])
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_notice_is_written_in_every_language(renderer: Renderer, kind: NoticeKind, language: str) -> None:
    """Full or scanty, a notice has a subject of one line, text of 78 columns and HTML; nothing of Jinja2 is left."""
    for notice in samples(kind, language):
        rendered = renderer.render(notice)
        assert rendered.defects == ()
        assert rendered.subject
        assert "\n" not in rendered.subject
        assert max(map(len, rendered.text.split("\n"))) <= 78
        assert "\n\n\n\n" not in rendered.text
        assert rendered.html is not None
        assert rendered.html.startswith("<!doctype html>")
        assert f'lang="{language}"' in rendered.html
        assert not [mark for mark in ("{{", "{%", "None", "Undefined") if mark in rendered.text + rendered.html]


@pytest.mark.parametrize("language", ["en", "pl", "de"])
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_what_people_answer_begins_with_the_marker(renderer: Renderer, kind: NoticeKind, language: str) -> None:
    """The line above which people answer is the first of the text, and in the HTML; mails without ticket have none."""
    rendered = renderer.render(sample(kind, language))
    assert rendered.html is not None
    if kind in WITHOUT_TICKET:
        assert "##-" not in rendered.text + rendered.html
    else:
        assert rendered.text.startswith(MARKERS[language] + "\n")
        assert MARKERS[language] in rendered.html


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_subjects_name_the_ticket_once(renderer: Renderer, kind: NoticeKind) -> None:
    """The subject carries the tag once and Re: only where it goes on with what the reader knows."""
    notice = sample(kind)
    if notice.ticket is not None:
        notice = replace(notice, ticket=replace(notice.ticket, subject="Re: [#10234] AW: Re: Printer [#10234]"))
        subject = renderer.render(notice).subject
        assert subject.count("[#10234]") == 1
        assert subject.startswith("Re: [#10234]" if kind in CONTINUES else "[#10234]")
    if kind in CONTINUES:
        assert renderer.render(notice).subject == "Re: [#10234] Printer"


def test_a_hostile_subject_stays_on_its_line(renderer: Renderer) -> None:
    """Line breaks in a subject are gone, and its length is bounded."""
    notice = sample(NoticeKind.REPLY)
    assert notice.ticket is not None
    subject = renderer.render(
        replace(notice, ticket=replace(notice.ticket, subject="a\r\nBcc: b " + "c" * 5_000))
    ).subject
    assert subject.startswith("Re: [#10234] a Bcc: b c")
    assert len(subject) == 250


def test_what_people_write_is_never_a_template(renderer: Renderer) -> None:
    """Template syntax and markup in a customer's mail come out as they are, escaped in the HTML."""
    text = "{{ 7 * 7 }} {% for x in y %} <script>alert(1)</script>"
    notice = replace(asked(sample(NoticeKind.AGENT_NOTIFICATION), text=text), recipient=Address(text, "x@example.org"))
    rendered = renderer.render(notice)
    assert text in rendered.text
    assert rendered.html is not None
    assert "{{ 7 * 7 }}" in rendered.html
    assert "49" not in rendered.text
    assert "<script" not in rendered.html


def test_agents_see_the_html_of_a_mail(renderer: Renderer) -> None:
    """The sanitised HTML is shown as it is, unless it is so long that mail programs would cut the notification."""
    notice = sample(NoticeKind.AGENT_NOTIFICATION)
    shown = renderer.render(asked(notice, html='<p style="color:red">Help</p>')).html
    assert shown is not None
    assert '<p style="color:red">Help</p>' in shown
    long = renderer.render(asked(notice, html="<p>Help</p>" * 10_000)).html
    assert long is not None
    assert "<p>Help</p>" not in long
    assert len(long) < 100_000


def test_customers_see_the_agents_words_only(renderer: Renderer, tmp_path: Path) -> None:
    """Neither the agent's address nor the HTML and quotations of their mail can reach a customer, by any template."""
    (tmp_path / "en").mkdir()
    own = "{{ article.sender.address }}|{{ article.full_text }}|{{ article.html }}|{{ article.text }}"
    (tmp_path / "en" / "reply.txt").write_text(own, "utf-8")
    notice = asked(sample(NoticeKind.REPLY), text="Done.", full_text="secret", html="<p>secret</p>")
    assert Renderer(tmp_path, SHIPPED).render(notice).text == "support@example.com||None|Done.\n"
    rendered = renderer.render(notice)
    assert rendered.html is not None
    assert "anna@example.com" not in rendered.text + rendered.html
    assert "secret" not in rendered.text + rendered.html


def test_an_acknowledgement_sends_no_links_back(renderer: Renderer) -> None:
    """A forged sender's victim gets nothing to click on."""
    notice = replace(sample(NoticeKind.ACKNOWLEDGEMENT), values={})
    rendered = renderer.render(asked(notice, text="https://evil.example/"))
    assert rendered.html is not None
    assert "<a " not in rendered.html


def test_the_language_falls_back() -> None:
    """A regional language is looked up by its own name, then by its base, then English is taken."""
    assert languages("pl-PL") == ("pl-pl", "pl", "en")
    assert languages("pl_PL") == ("pl-pl", "pl", "en")
    assert languages("en") == ("en",)
    assert languages("../../etc") == languages("") == ("en",)


def test_a_language_without_templates_gives_english(renderer: Renderer) -> None:
    """Whoever asks for a language that is not there is written to in English."""
    assert "We have received" in (renderer.render(sample(NoticeKind.ACKNOWLEDGEMENT, "sw")).html or "")
    assert "Dzień dobry" in renderer.render(sample(NoticeKind.ACKNOWLEDGEMENT, "pl-PL")).text


def test_an_operators_template_goes_before_the_shipped_one(tmp_path: Path) -> None:
    """One file of an own folder is enough; words and pieces of the shipped ones can be used in it."""
    (tmp_path / "en").mkdir()
    own = '{{ word("status", "open") }}: #{{ ticket.number }}'
    (tmp_path / "en" / "acknowledgement.txt").write_text(own, "utf-8")
    rendered = Renderer(tmp_path, SHIPPED).render(sample(NoticeKind.ACKNOWLEDGEMENT))
    assert rendered.text == "in progress: #10234\n"
    assert rendered.subject.startswith("Re: [#10234]")
    assert rendered.defects == ()


def test_an_operator_can_add_a_language(tmp_path: Path) -> None:
    """A folder with subject and text of a notice is a language; HTML is no must."""
    (tmp_path / "nl").mkdir()
    (tmp_path / "nl" / "acknowledgement.subject").write_text("[#{{ ticket.number }}] Ontvangen", "utf-8")
    (tmp_path / "nl" / "acknowledgement.txt").write_text("Dank u.", "utf-8")
    rendered = Renderer(tmp_path, SHIPPED).render(sample(NoticeKind.ACKNOWLEDGEMENT, "nl-BE"))
    assert (rendered.subject, rendered.text, rendered.html) == ("[#10234] Ontvangen", "Dank u.\n", None)


def test_a_file_of_words_is_a_language(tmp_path: Path) -> None:
    """The words of a notice are enough: its templates are shared, and what is not translated is English."""
    (tmp_path / "nl").mkdir()
    own = '[acknowledgement]\nheadline = "Wij hebben uw bericht ontvangen"\n'
    (tmp_path / "nl" / "words.toml").write_text(own, "utf-8")
    rendered = Renderer(tmp_path, SHIPPED).render(sample(NoticeKind.ACKNOWLEDGEMENT, "nl"))
    assert rendered.defects == ()
    assert 'lang="nl"' in (rendered.html or "")
    assert "Wij hebben uw bericht ontvangen" in (rendered.html or "")
    assert "simply reply to this message" in rendered.text


def test_one_word_of_a_shipped_language_can_be_changed(tmp_path: Path) -> None:
    """An own file of words goes before the shipped one key by key."""
    (tmp_path / "pl").mkdir()
    (tmp_path / "pl" / "words.toml").write_text('[acknowledgement]\nadd = "Czekamy na e-mail."\n', "utf-8")
    text = Renderer(tmp_path, SHIPPED).render(sample(NoticeKind.ACKNOWLEDGEMENT, "pl")).text
    assert "Czekamy na e-mail." in text
    assert "dziękujemy za wiadomość" in text


@pytest.mark.parametrize("folder", ["groups/hardware", "mailboxes/support"])
def test_a_group_and_a_mailbox_have_words_of_their_own(tmp_path: Path, folder: str) -> None:
    """What stands in the folder of a ticket's group or mailbox goes before the rest, for its tickets alone."""
    special = tmp_path / folder / "en"
    special.mkdir(parents=True)
    (special / "words.toml").write_text('[acknowledgement]\nadd = "Mind the gap."\n', "utf-8")
    renderer = Renderer(tmp_path, SHIPPED)
    notice = sample(NoticeKind.ACKNOWLEDGEMENT)
    assert notice.ticket is not None
    assert "Mind the gap." in renderer.render(notice).text
    elsewhere = replace(notice, ticket=replace(notice.ticket, group="first-line", mailbox="sales"))
    assert "Mind the gap." not in renderer.render(elsewhere).text


def test_a_group_goes_before_a_mailbox(tmp_path: Path) -> None:
    """Where both have a word, the group's is said; a broken one leaves what is there without it."""
    for folder, text in (("groups/hardware", "group"), ("mailboxes/support", "mailbox")):
        (tmp_path / folder / "en").mkdir(parents=True)
        (tmp_path / folder / "en" / "acknowledgement.txt").write_text(text, "utf-8")
    renderer = Renderer(tmp_path, SHIPPED)
    assert renderer.render(sample(NoticeKind.ACKNOWLEDGEMENT)).text == "group\n"
    (tmp_path / "groups" / "hardware" / "en" / "acknowledgement.txt").write_text("{{ nothing }}", "utf-8")
    rendered = renderer.render(sample(NoticeKind.ACKNOWLEDGEMENT))
    assert rendered.text.startswith(MARKERS["en"])
    assert len(rendered.defects) == 1


def test_a_group_of_a_strange_name_has_no_folder(tmp_path: Path) -> None:
    """A name never leads out of the folder of templates."""
    (tmp_path / "own" / "groups").mkdir(parents=True)
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "acknowledgement.txt").write_text("outside", "utf-8")
    notice = sample(NoticeKind.ACKNOWLEDGEMENT)
    assert notice.ticket is not None
    notice = replace(notice, ticket=replace(notice.ticket, group="../..", mailbox="../../"))
    assert "outside" not in Renderer(tmp_path / "own", SHIPPED).render(notice).text


def test_broken_words_lose_no_mail(tmp_path: Path) -> None:
    """A file of words that cannot be read is a defect with its place; the shipped words are taken."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "words.toml").write_text("[acknowledgement]\nadd = nothing\n", "utf-8")
    rendered = Renderer(tmp_path, SHIPPED).render(sample(NoticeKind.ACKNOWLEDGEMENT))
    assert "simply reply to this message" in rendered.text
    [defect] = rendered.defects
    assert defect.startswith(f"{tmp_path}/en/words.toml:2:7: ")


@pytest.mark.parametrize("kind", ["a folder", "a link to itself"])
def test_words_that_cannot_be_opened_lose_no_mail(tmp_path: Path, kind: str) -> None:
    """What the system refuses to open is a defect like another."""
    words = tmp_path / "en" / "words.toml"
    words.parent.mkdir()
    if kind == "a folder":
        words.mkdir()
    else:
        words.symlink_to(words)
    rendered = Renderer(tmp_path, SHIPPED).render(sample(NoticeKind.ACKNOWLEDGEMENT))
    assert "simply reply to this message" in rendered.text
    [defect] = rendered.defects
    assert defect.startswith(f"{words}: it cannot be read (")


@pytest.mark.parametrize(
    ("source", "line", "problem"),
    [
        ("a\n{{ tickt.number }}", 2, 'there is no "tickt" here; did you mean "ticket"?'),
        ("a\nb\n{% if %}", 3, "Expected an expression"),
        ("{{ ticket.number / 0 }}", 1, "divides by zero"),
        ("{{ ticket.__class__.__mro__ }}", 1, "unsafe"),
        ("{{ ticket.number.foo.bar }}", 1, "foo"),
        ('{% include "nothing.txt" %}', 1, "nothing.txt"),
        (
            "{% for a in range(99999) %}{% for b in range(99999) %}{{ a }}{% endfor %}{% endfor %}",
            0,
            "2000000 characters",
        ),
        ('{% include "en/acknowledgement.txt" %}', 1, "includes itself without end"),
        ('a\n{{ say("thank") }}', 2, 'there is no word "thank" for this notice; did you mean "thanks"?'),
        ('{{ say("thanks", no=1) }}', 1, "{number} has no value here"),
    ],
)
def test_a_broken_template_loses_no_mail(tmp_path: Path, source: str, line: int, problem: str) -> None:
    """The shipped template is taken instead, and the defect names file and line."""
    (tmp_path / "en").mkdir()
    broken = tmp_path / "en" / "acknowledgement.txt"
    broken.write_text(source, "utf-8")
    rendered = Renderer(tmp_path, SHIPPED).render(sample(NoticeKind.ACKNOWLEDGEMENT))
    assert rendered.text.startswith(MARKERS["en"])
    [defect] = rendered.defects
    assert problem in defect
    assert not line or defect.startswith(f"{broken}:{line}:")


def test_a_template_that_is_no_text_loses_no_mail(tmp_path: Path) -> None:
    """A file in another charset is a defect like every other."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "acknowledgement.txt").write_bytes(b"\xff\xfe")
    rendered = Renderer(tmp_path, SHIPPED).render(sample(NoticeKind.ACKNOWLEDGEMENT))
    assert rendered.text.startswith(MARKERS["en"])
    assert rendered.defects == ("en/acknowledgement: it is not UTF-8: save it as that",)


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_without_any_template_the_mail_still_goes(tmp_path: Path, kind: NoticeKind) -> None:
    """Where not even the shipped templates are there, the words that matter go out without any dress."""
    notice = sample(kind)
    rendered = Renderer(None, tmp_path).render(notice)
    assert rendered.subject
    assert rendered.text
    assert rendered.html is None
    if notice.article is not None and notice.audience is Audience.CUSTOMER:
        assert notice.article.text in rendered.text


def test_changed_templates_are_read_anew(tmp_path: Path) -> None:
    """An operator who edits a template sees it in the next mail."""
    (tmp_path / "en").mkdir()
    own = tmp_path / "en" / "acknowledgement.txt"
    own.write_text("one", "utf-8")
    renderer = Renderer(tmp_path, SHIPPED)
    assert renderer.render(sample(NoticeKind.ACKNOWLEDGEMENT)).text == "one\n"
    own.unlink()
    assert renderer.render(sample(NoticeKind.ACKNOWLEDGEMENT)).text.startswith(MARKERS["en"])


def test_a_rule_may_choose_other_words(tmp_path: Path) -> None:
    """They go before those of the group; where they fail or are not there, the usual ones are taken."""
    for place, words in (("rules/printers", "Printers first."), ("rules/broken", "{{ nothing }}")):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "acknowledgement.txt").write_text(words, "utf-8")
    renderer = Renderer(tmp_path, SHIPPED)
    notice = replace(sample(NoticeKind.ACKNOWLEDGEMENT), template="printers")
    assert renderer.render(notice).text == "Printers first.\n"
    for other in ("gone", "broken", "", "../rules/printers"):
        text = " ".join(renderer.render(replace(notice, template=other)).text.split())
        assert "registered your message under the number" in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "it is 31.4 MB, which is more than we can accept."),
        ("pl", "ma ona 31,4 MB, czyli więcej, niż możemy przyjąć."),
        ("de", "Sie ist 31,4 MB groß, mehr als wir annehmen können."),
    ],
)
def test_a_mail_that_is_too_large_is_refused_in_the_readers_language(
    renderer: Renderer, language: str, said: str
) -> None:
    """Our own reason is said in the words of the language, with its numbers."""
    rendered = renderer.render(sample(NoticeKind.REJECTED, language))
    assert said in " ".join(rendered.text.split())
    assert said.rstrip(".") in (rendered.html or "")


@pytest.mark.parametrize("reason", ["We take orders at shop.example.", "Wir nehmen Bestellungen nur im Shop an"])
def test_a_rules_reason_is_said_as_the_admin_wrote_it(renderer: Renderer, reason: str) -> None:
    """Around it stand the reader's words; it ends with one full stop."""
    notice = replace(sample(NoticeKind.REJECTED, "de"), values={"reason": reason, "subject": "Toner"})
    text = " ".join(renderer.render(notice).text.split())
    assert f"wir konnten Ihre Nachricht „Toner“ nicht annehmen: {reason.rstrip('.')}." in text
    assert ".." not in text
