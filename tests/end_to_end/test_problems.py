"""Tickets that belong together, over real servers: merged ones, and the incidents of a problem."""

from mailgateway.desk.model import Status
from tests.end_to_end.office import Office, answer, message, to

CARLA, JAN = "carla@customer.example", "jan@klient.example"


def test_the_answer_to_an_old_mail_lands_on_the_ticket_that_goes_on(office: Office) -> None:
    """An agent merges by mail; the customer hears it once, answers the old receipt, and is heard on the new number."""
    office.write(message(JAN, "Network down", "Nothing works."))
    office.round()
    office.write(message(f"Carla <{CARLA}>", "Slow network", "It is slow."))
    letters = office.round()
    receipt, notified = to(letters, CARLA)[0], to(letters, "anna@example.com")[0]
    survivor, loser = office.numbers()

    office.write(answer(notified, "anna@example.com", f"#merge {survivor}"))
    (told,) = office.round()
    assert told.recipient == CARLA
    assert told.mail.subject == f"Re: [#{survivor}] Slow network"
    assert f"#{loser}" in told.mail.text
    assert JAN.encode() not in told.raw
    assert b"Network down" not in told.raw
    assert office.ticket(loser).ticket.status is Status.CLOSED

    for old in (receipt, told):
        office.write(answer(old, CARLA, "Any news?"))
    assert {letter.mail.subject for letter in office.round()} == {f"Re: [#{survivor}] Network down"}
    assert office.numbers() == [survivor, loser]
    assert office.ticket(loser).ticket.status is Status.CLOSED
    written = [one for one in office.ticket(survivor).articles if one.ticket == survivor]
    assert [one.article.text for one in written] == ["Nothing works.", "Any news?", "Any news?"]

    office.write(answer(notified, "anna@example.com", "We found it."))
    assert sorted(letter.recipient for letter in office.round()) == [CARLA, JAN]


def test_everybody_who_waits_for_a_problem_hears_of_it_on_their_own_thread(office: Office) -> None:
    """Three incidents, one answer, one solution: each customer gets each once, in their language, and nobody else's."""
    customers = {CARLA: "en", JAN: "en", "ola@example.pl": "pl"}
    for customer in customers:
        office.write(message(customer, f"Mail is down, {customer}", "No mail."))
    notified = to(office.round(), "anna@example.com")
    office.write(message("chief@example.org", "Mail server", "The mail server is broken."))
    problem_notice = to(office.round(), "anna@example.com")[0]
    *incidents, problem = office.numbers()

    office.write(answer(problem_notice, "anna@example.com", "#type problem"))
    office.round()
    for letter in notified:
        office.write(answer(letter, "anna@example.com", f"#problem {problem}"))
    assert office.round() == []

    office.write(answer(problem_notice, "anna@example.com", "We are replacing a disk.\n"))
    told = office.round()
    assert sorted(letter.recipient for letter in told) == sorted([*customers, "chief@example.org"])
    for customer, number in zip(customers, incidents, strict=True):
        (letter,) = to(told, customer)
        assert letter.mail.subject == f"Re: [#{number}] Mail is down, {customer}"
        assert f"+t{number}." in letter.mail.reply_to[0].address
        assert "We are replacing a disk." in letter.mail.text
        assert ("Dzień dobry" in letter.mail.text) is (customers[customer] == "pl")
        assert "Auto-Submitted" not in letter.mail.headers
        for other in {*customers, "chief@example.org", "anna@example.com"} - {customer}:
            assert other.encode() not in letter.raw
        office.write(answer(letter, customer, "Thank you."))
    office.round()
    assert [office.ticket(number).articles[-1].article.text for number in incidents] == ["Thank you."] * 3

    office.write(answer(problem_notice, "anna@example.com", "#solved"))
    solved = office.round()
    assert sorted(letter.recipient for letter in solved) == sorted([*customers, "chief@example.org"])
    assert {office.ticket(number).ticket.status for number in (*incidents, problem)} == {Status.SOLVED}
    assert to(solved, CARLA)[0].mail.headers.get("Auto-Submitted") == "auto-generated"
    assert office.round() == []
