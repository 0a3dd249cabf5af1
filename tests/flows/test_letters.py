"""Letters of one plan: what is the same for all readers is written once."""

from collections import Counter
from dataclasses import replace

from mailgateway.desk.letters.letter import Rendered
from mailgateway.desk.model import Directory, Group
from mailgateway.desk.plan import Notice
from mailgateway.desk.problems.assets import Asset, assets
from mailgateway.mail.parse import parse
from mailgateway.render.notices import Renderer
from mailgateway.store.outgoing import outbox
from tests.end_to_end.office import message
from tests.flows.bench import Bench


class Counting(Renderer):
    """Counts how often each notice is written."""

    counted: Counter[str]

    def render(self, notice: Notice) -> Rendered:
        """Count, and write as ever."""
        self.counted[notice.kind.value] += 1
        return super().render(notice)


def test_a_group_is_told_in_the_same_words_and_each_answers_for_themselves(bench: Bench) -> None:
    """Two members get one text, written once; the reply address in each letter is its reader's own."""
    policy = bench.desk.policy()
    both = Directory(
        policy.directory.agents, tuple(_with_all(group, policy.directory) for group in policy.directory.groups)
    )
    counting = Counting(None, bench.desk.renderer()._shipped)
    counting.counted = Counter()
    bench.desk = replace(bench.desk, policy=lambda: replace(policy, directory=both), renderer=lambda: counting)
    bench.arrive(message("jan@customer.example", "Matter", "It is broken."))
    bench.ingest()
    told = [line for line in bench.letters() if line.template == "agent_notification"]
    assert len({line.to for line in told}) == len(told) == 2
    assert counting.counted["agent_notification"] == 1
    with bench.store.reading() as tx:
        letters = [outbox.letter(tx, line.id).content for line in told]
    answers = {line for letter in letters for line in letter.splitlines() if line.startswith(b"Reply-To:")}
    assert len(answers) == 2


def _with_all(group: Group, directory: Directory) -> Group:
    return replace(group, members=tuple(agent.name for agent in directory.agents))


def test_who_gets_a_ticket_is_told_what_its_item_is_called_and_where_it_stands(bench: Bench) -> None:
    """Not only the name that commands know."""
    policy = replace(bench.gateway.policy, assets=assets((Asset("m1", "Mail server", location="Room 3"),)))
    bench.desk = replace(bench.desk, policy=lambda: policy)
    bench.arrive(message("carla@customer.example", "No mail", "It is gone."))
    bench.ingest()
    known = {line.id for line in bench.letters()}
    bench.order(10001, ci="m1", assign="bob")
    with bench.store.reading() as tx:
        told = [
            parse(outbox.letter(tx, line.id).content)
            for line in bench.letters()
            if line.id not in known and line.template == "agent_notification"
        ]
    assert told
    assert all("m1 (Mail server, Room 3)" in one.text for one in told)
    assert all("m1 (Mail server, Room 3)" in (one.html or "") for one in told)
