"""What somebody at a shell says of a major incident."""

from mailgateway.cli.lines import wrong_usage
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.declaration import Declaration, declared, limited, with_news


def announced(
    policy: Policy, text: str | None, language: str, only_for: str | None, news: str | None, *, off: bool
) -> Declaration:
    """Return what is to become of a major incident; leaves with 2 where nothing is said, or it cannot be understood."""
    made = Declaration(off=off)
    if language and language.casefold() not in policy.languages:
        raise wrong_usage(f"--language {language[:20]}: there are {', '.join(sorted(policy.languages))}")
    try:
        if text is not None:
            made = declared(made, f"{language}: {text}" if language else text, policy.languages)
        if only_for is not None:
            made = limited(made, only_for, [rule.name for rule in policy.ruleset.rules])
        if news is not None:
            made = with_news(made, news)
    except ValueError as error:
        raise wrong_usage(str(error).removeprefix("#")) from None
    if made == Declaration():
        raise wrong_usage("say what is down, --for whom, when there is --news, or that it is --off")
    return made
