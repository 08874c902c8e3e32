"""Rules for announcements: whom they concern, how long, in which languages, how long a text."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from faq.announcement import Announcement
from faq.knowledge import Knowledge
from faq.lint_answer import LONGEST_JA, LONGEST_OTHER
from faq.lint_finding import Finding, Path
from faq.lint_sentences import count_characters, plain_text

#: So long before its end an announcement is mentioned.
SOON = timedelta(days=2)
#: Ids a finding names at most.
_NEAREST = 60


def check_announcements(knowledge: Knowledge, today: date) -> Iterator[Finding]:
    """Every announcement."""
    categories = {entry.category for entry in knowledge.order}
    spoken = {lang for entry in knowledge.order for lang in entry.languages()}
    for each in knowledge.announcements:
        for place, topic in enumerate(each.topics):
            if topic not in knowledge.entries and topic not in categories:
                yield _found(each, "announce-topic", ("topics", place), other=topic)
        for place, entry_id in enumerate(each.pause):
            if entry_id not in knowledge.entries:
                yield _found(each, "announce-pause", ("pause", place), other=entry_id)
        yield from _check_end(each, today)
        for lang in sorted(spoken - set(each.languages())):
            yield _found(each, "announce-translation", ("translations",), other=lang)
        yield from _check_lengths(each)


def _check_end(each: Announcement, today: date) -> Iterator[Finding]:
    # the day, not the minute: the check says the same all day long
    dawn = datetime.combine(today, time.min)
    if each.ends is None:
        yield _found(each, "announce-no-until", ())
    elif each.ends <= dawn:
        yield _found(each, "announce-over", ("until",), day=told(each.ends))
    elif each.ends <= dawn + SOON:
        yield _found(each, "announce-ends-soon", ("until",), day=told(each.ends))


def told(moment: datetime) -> str:
    """A moment as it is written in the file."""
    return moment.isoformat(" ", "minutes")


def _check_lengths(each: Announcement) -> Iterator[Finding]:
    """On LINE it stands above the answer, on the web above the whole chat."""
    on_line = not each.channels or "line" in each.channels
    door = "LINE" if on_line else "Web"
    for lang in each.languages():
        most = (LONGEST_JA if lang == "ja" else LONGEST_OTHER)[door]
        length = count_characters(plain_text(each.text_in(lang)))
        if length > most:
            path: Path = ("announce",) if lang == each.lang else ("translations", lang, "announce")
            yield _found(each, "announce-length", path, count=str(length), most=str(most))


def _found(each: Announcement, rule: str, path: Path, **words: str) -> Finding:
    told_words = {name: word[:_NEAREST] for name, word in words.items()}
    return Finding(rule=rule, entry_id=each.id, path=path, words=told_words)
