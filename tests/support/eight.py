"""Eight partners, each with secrets of its own in whatever can hold words.

A secret is the partner's own invented word and two letters that say where it stands, so that one
look through an answer finds every leak, and the failing test can name its source.
"""

import io
import string
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from portal.access import Role, Viewer
from portal.access.site import bump
from portal.accounts.models import Organisation, User
from portal.comments import services as comments
from portal.communication import proving
from portal.communication import services as plan
from portal.communication.proving import NewFigure, NewProof
from portal.communication.services import Wording
from portal.confirming import asking as must_read
from portal.confirming import services as confirming
from portal.confirming import sync
from portal.confirming.asking import Wish
from portal.content import folders, keeping
from portal.content import services as content
from portal.content.models import Content, Folder, Revision
from portal.discussions import deciding
from portal.discussions import services as discussions
from portal.discussions.services import Text as TopicText
from portal.documents import services as documents
from portal.documents.services import Facts
from portal.editorial import services as ideas
from portal.editorial.services import Plan
from portal.files import uploads
from portal.files.models import Attachment, File
from portal.files.services import add_file
from portal.jobs.models import Job
from portal.kernel import clock
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.news import services as news
from portal.news.services import Text
from portal.notify import follows
from portal.pages import services as pages
from portal.pages.services import Text as PageText
from portal.practices import asking
from portal.practices import services as practices
from portal.reading import services as reading
from portal.spaces import partners, services, viewers
from portal.spaces.models import Space
from portal.tasks import checklist
from portal.tasks import plan_services as tasks
from portal.tasks import services as task_services
from tests.support import practising
from tests.support.cast import Cast
from tests.support.requiring import wish

WORDS = ("zhorvek", "blimpat", "quandor", "sfergut", "drovnik", "plexumb", "wumbole", "grintax")
NONSENSE = "kjydqwm"  # as long, and nobody's
SHARED = {0: (0, 1), 1: (2, 3, 4)}  # workspaces, and the partners in them
PAIRS = [a + b for a in string.ascii_lowercase for b in string.ascii_lowercase]
ENDS = [*PAIRS, *(f"{pair}q" for pair in PAIRS)]  # of the secrets of one partner


@dataclass
class Partner:
    """A partner by its number, and where each of its secrets stands."""

    number: int
    organisation_id: int = 0
    space_id: int = 0
    people: list[int] = field(default_factory=list)  # the coordinator first
    secrets: dict[str, str] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)  # items that nobody else reads
    shown: set[int] = field(default_factory=set)  # items that every partner reads
    tasks: dict[str, int] = field(default_factory=dict)  # what is to be done, by argument
    said: set[int] = field(default_factory=set)  # comments that nobody else reads
    uploads: list[str] = field(default_factory=list)
    again: str = ""

    @property
    def word(self) -> str:
        return WORDS[self.number]

    def secret(self, place: str) -> str:
        """The secret word that stands at a place."""
        place += self.again
        for made, known in self.secrets.items():
            if known == place:
                return made
        made = self.word + ENDS[len(self.secrets)]
        self.secrets[made] = place
        return made

    @property
    def seen_by(self) -> int:
        """Who signs in for it: the coordinator of every second one, else somebody else."""
        return self.people[0 if self.number % 2 else 1]

    @property
    def space(self) -> Space:
        return db.session.get_one(Space, self.space_id)

    def author(self) -> Viewer:
        return viewer(self.people[2])


def viewer(user_id: int) -> Viewer:
    found = viewers.by_user(user_id)
    assert found is not None
    return found


def build(cast: Cast, many: int = 8) -> list[Partner]:
    """The partners in a town with the cast, and all that they wrote."""
    admin, editor = viewer(cast.id("admin")), lambda: viewer(cast.id("editor"))
    eight = [Partner(number) for number in range(many)]
    for partner in eight:
        made = partners.welcome_partner(
            by=admin,
            sponsor=cast["editor"],
            kind="ngo",
            name_bg=f"Партньор {partner.number}",
            name_en=f"Partner {partner.number}",
            country="BG",
            city="Варна",
            website="",
            about="",
            agreement_start=None,
            agreement_end=None,
        )
        partner.organisation_id = made.id
        own = select(Space.id).where(Space.organisation_id == made.id)
        partner.space_id = db.session.scalars(own).one()
        _people(partner)
    for number, who in SHARED.items():
        shared = services.create_space(
            by=admin, kind="workspace", name_bg=f"Общо {number}", manager=cast["editor"]
        )
        for each in (n for n in who if n < many):
            for person in eight[each].people:
                services.add_member(
                    shared, db.session.get_one(User, person), Role.CONTRIBUTOR, by=editor(),
                    until=clock.today() + timedelta(days=90),
                )  # fmt: skip
    extranet = cast.space("extranet").id
    for partner in eight:
        transaction(plant)(partner, editor(), extranet)  # one commit: thousands cost a minute
    for partner in eight:
        transaction(_taken_from)(partner, [each for each in eight if each is not partner])
    for partner in eight:
        name = f"{partner.secret('name of an upload')}.txt"
        partner.uploads.append(uploads.begin(name, (), 5, by=partner.author()).token)
    _leave_unread()
    return eight


@transaction
def _leave_unread() -> None:
    """Reading each of two hundred files takes minutes; one of each sort is enough."""
    names = set()
    for job in db.session.scalars(select(Job).where(Job.kind.startswith("files."))).all():
        file = db.session.get(File, job.facts["file"])
        assert file is not None
        holder = db.session.scalars(
            select(Revision)
            .join(Attachment, Attachment.revision_id == Revision.id)
            .where(Attachment.file_id == file.id)
        ).first()
        sort = (holder.kind, holder.state, holder.content.home_id) if holder else None
        if sort is None or sort in names or holder.kind != "document":
            db.session.delete(job)
        elif holder.state in ("live", "draft", "returned"):
            names.add(sort)
        else:
            db.session.delete(job)


@transaction
def _people(partner: Partner) -> None:
    alone = all(partner.number not in who for who in SHARED.values())
    for n in range(3):
        user = User(
            login=f"p{partner.number}{n}",
            email=f"p{partner.number}{n}@partner.example",
            given="Име",
            family=f"Фамилия{n}",
            organisation_id=partner.organisation_id,
            is_coordinator=n == 0,
            # Whoever shares a workspace with her sees her entry.
            duties=partner.secret("duties of a person") if alone else "",
        )
        db.session.add(user)
        db.session.flush()
        partner.people.append(user.id)
    bump()


def plant(
    partner: Partner, editor: Viewer, extranet_id: int, again: str = "", *, shown: bool = True
) -> None:
    """Everything that a partner keeps for itself, of each kind and in each state.

    again: told apart from what was planted before. shown: also items that every partner reads.
    """
    partner.again = again
    author = partner.author()
    for state in STATES:
        for make in (_news, _document, _practice, _page):
            text = make(partner, state, author)
            partner.closed.add(text.content_id)
            bring_to(text, state, partner, author, editor)
            if state == "live":
                _spoken_of(_item(text.content_id), f"closed {text.kind}", partner, editor)
    _topics(partner, author, editor, extranet_id if shown else 0)
    _plan(partner, author, editor)
    _planned(partner, author)
    _to_do(partner, author)
    for make in (_news, _document, _practice, _page) if shown else ():
        _shown_with_annexes(make, partner, author, editor, extranet_id)


STATES = (
    "draft", "in review", "returned", "scheduled", "live", "expired", "superseded", "archived",
    "trashed",
)  # fmt: skip
Made = Revision


def _news(partner: Partner, state: str, author: Viewer, title: str = "") -> Made:
    def secret(place: str) -> str:
        return partner.secret(f"{place} of news, {state}")

    listed = add_file(
        io.BytesIO(secret("file's text").encode()), f"{secret('file name')}.txt", by=author
    )
    text = Text(
        title or f"Новина {secret('title')}",
        f"Накратко {secret('summary')}",
        f"<p>Автобус {secret('body')}</p>",
        files=(listed.id,),
    )
    return news.write(partner.space, "bg", text, by=author)


def _page(partner: Partner, state: str, author: Viewer, title: str = "") -> Made:
    def secret(place: str) -> str:
        return partner.secret(f"{place} of a page, {state}")

    listed = add_file(
        io.BytesIO(secret("file's text").encode()), f"{secret('file name')}.txt", by=author
    )
    body = f"<h2>{secret('heading')}</h2><p>Автобус {secret('body')}</p>"
    text = PageText(title or f"Страница {secret('title')}", body, files=(listed.id,))
    return pages.write(partner.space, "bg", text, by=author)


def _document(partner: Partner, state: str, author: Viewer, title: str = "") -> Made:
    def secret(place: str) -> str:
        return partner.secret(f"{place} of a document, {state}")

    file = add_file(
        io.BytesIO(f"Автобус {secret('text')}".encode()), f"{secret('file name')}.txt", by=author
    )
    facts = Facts(
        title or f"Документ {secret('title')}",
        secret("summary"),
        reg_number=secret("number"),
        issuer=secret("issuer"),
        tags=[secret("tag")],
    )
    return documents.add(partner.space, _folder(partner), file, facts, by=author, draft=True)


def _folder(partner: Partner) -> Folder:
    name = partner.secret("folder's name")
    found = db.session.scalar(select(Folder).where(Folder.name == name))
    if found is not None:
        return found
    sponsor = db.session.get_one(Organisation, partner.organisation_id).sponsor_id
    assert sponsor is not None
    return folders.create(partner.space, None, name, by=viewer(sponsor))


def _topics(partner: Partner, author: Viewer, editor: Viewer, extranet_id: int) -> None:
    """A topic at home with replies, a file and a decision; one that waits for a word; and one that
    every partner reads, without what is said of it at home."""
    words = TopicText(
        f"Тема {partner.secret('title of a topic')}",
        f"<p>Автобус {partner.secret('body of a topic')}</p>",
    )
    partner.closed.add(_topic(words, partner, author, editor, ""))
    words = TopicText(f"Тема {partner.secret('waiting topic')}", "<p>Автобус</p>")
    waiting = discussions.begin(partner.space, "bg", words, by=author)
    partner.closed.add(waiting.content_id)
    if extranet_id:
        words = TopicText("Общ автобус за всички", "<p>Автобус</p>")
        shown = _topic(words, partner, author, editor, " shown to all")
        keeping.place(_item(shown), db.session.get_one(Space, extranet_id), by=editor)
        partner.shown.add(shown)


def _plan(partner: Partner, author: Viewer, editor: Viewer) -> None:
    """An entry of its own communication plan, done, with a file that proves it and a figure."""
    space = partner.space
    space.features = " ".join({*space.features.split(), "plan"})
    db.session.flush()
    title, measure = partner.secret("title of an objective"), partner.secret("its measure")
    objective = plan.add_objective(space, title, measure, by=editor)
    day = clock.today()
    wording = Wording(
        objective_id=objective.id,
        message=f"Автобус {partner.secret('message of a plan')}",
        audience=partner.secret("audience of a plan"),
        channel=partner.secret("channel of a plan"),
        planned_on=day,
        owner=db.session.get_one(User, partner.people[2]),
    )
    entry = plan.add(space, wording, by=author)
    held = io.BytesIO(partner.secret("file of a proof").encode())
    file = add_file(held, f"{partner.secret('file name of a proof')}.txt", by=author)
    proof = NewProof("attendance", title=partner.secret("title of a proof"), file=file, people="7")
    name, unit = partner.secret("name of a figure"), partner.secret("unit of a figure")
    figure = NewFigure(name, unit, reached="5", source=partner.secret("source of a figure"))
    outcome = partner.secret("outcome of a plan")
    proving.finish_with(entry, day, outcome, proof, figure, by=author)


def _topic(words: TopicText, partner: Partner, author: Viewer, editor: Viewer, of: str) -> int:
    other = viewer(partner.people[1])
    made = discussions.begin(partner.space, "bg", words, by=author)
    item, space = made.content, partner.space
    if made.state == "in_review":
        content.approve(made, made.saves, by=editor)
    held = partner.secret(f"file of a reply{of}").encode()
    name = partner.secret(f"file's name of a reply{of}") + ".txt"
    file = add_file(io.BytesIO(held), name, by=other)
    reply = f"Да, {partner.secret(f'reply{of}')}"
    first = comments.write(item, space, reply, by=other, files=[file.id])
    hidden = comments.write(item, space, partner.secret(f"hidden reply{of}"), by=author)
    comments.hide(hidden, True, by=editor)
    partner.said |= {first.id, hidden.id}
    deciding.decide(item, f"Решено: {partner.secret(f'decision{of}')}", by=editor)
    return item.id


def _to_do(partner: Partner, author: Viewer) -> None:
    """A plan of its own space: a goal, a measure, and a task with a step."""
    partner.space.features = " ".join({*partner.space.features.split(), "tasks"})
    goal = tasks.add_goal(
        partner.space,
        by=author,
        title=partner.secret("goal"),
        note=partner.secret("note of a goal"),
    )
    measure = tasks.add_measure(
        goal, by=author, title=partner.secret("measure"), note=partner.secret("note of a measure")
    )
    task = task_services.add(
        partner.space,
        by=author,
        title=partner.secret("title of a task"),
        note=partner.secret("note of a task"),
        owner=db.session.get_one(User, partner.people[1]),
        due=clock.today() - timedelta(days=1),
        measure=measure,
    )
    checklist.add(task, partner.secret("step of a task"), by=author)
    partner.tasks = {"task_id": task.id, "step_id": task.checklist[0].id,
                     "goal_id": goal.id, "measure_id": measure.id}  # fmt: skip


def _planned(partner: Partner, author: Viewer) -> None:
    """An idea on the board of its own space, shared with other boards: those of the staff."""
    partner.space.features = " ".join({*partner.space.features.split(), "board"})
    words = f"Идея за автобус {partner.secret('title of an idea')}"
    plan = Plan(words, partner.secret("note of an idea"), "news", partner.space_id)
    plan.planned_on, plan.is_shared = clock.today() + timedelta(days=1), True
    ideas.add(partner.space, plan, by=author)


FIELDS = (
    "mailbox", "settlement", "keywords", "problem", "solution", "replicated", "aspects_how",
    "skills", "lead_unit", "legal", "political", "technical", "participation", "quote", "quote_by",
    "lessons", "core", "adaptable", "fits", "small", "no_grant", "sustained", "project",
)  # fmt: skip


def _practice(partner: Partner, state: str, author: Viewer, title: str = "") -> Made:
    def secret(place: str) -> str:
        return partner.secret(f"{place} of a practice, {state}")

    typed = {key: raw for step in practising.full_record().values() for key, raw in step.items()}
    changes = {key: f"{typed[key]} {secret(key)}" for key in FIELDS if key in typed}
    changes["mailbox"] = f"{secret('mailbox')}@partner.example"
    changes["title"] = title or f"Практика {secret('title')}"
    changes["summary"] = f"Автобусът {secret('summary')} стига до всяко село, когато го поръчат."
    changes["visibility"] = "own"
    rows = [{**typed["stakeholders"][0], "name": secret("stakeholder")}]
    changes["stakeholders"] = rows
    changes["pictures"] = [{**practising.picture(author), "alt": secret("picture's alt")}]
    return practising.filled(partner.space, author, **changes)


def bring_to(text: Made, state: str, partner: Partner, author: Viewer, editor: Viewer) -> None:
    """Bring a draft to its state by the services that people use."""
    item = text.content
    if state == "draft":
        return
    if state == "scheduled":
        _wants(text, clock.now() + timedelta(days=2))
    content.submit(text, text.saves, by=author)
    if state == "in review":
        return
    if state == "returned":
        remark = partner.secret(f"remark on {item.kind}")
        at = {"title": partner.secret(f"remark at a field of {item.kind}")}
        content.return_(text, text.saves, by=editor, remark=remark, at=at)
        return
    content.approve(text, text.saves, by=editor)
    if state == "expired":
        _over(item.id)
    elif state == "superseded":
        newer = content.draft_of(item, "bg", by=author)
        content.submit(newer, newer.saves, by=author)
        content.approve(newer, newer.saves, by=editor)
    elif state == "archived":
        keeping.archive(item, by=editor)
    elif state == "trashed":
        keeping.trash(item, by=editor)


@transaction
def _wants(text: Made, moment) -> None:
    db.session.get_one(Revision, text.id).wanted_from = moment


@transaction
def _over(item_id: int) -> None:
    item = db.session.get_one(Content, item_id)
    item.visible_from = clock.now() - timedelta(days=3)
    item.visible_until = clock.now() - timedelta(days=1)


def _shown_with_annexes(make, partner, author, editor, extranet_id) -> None:
    """An item that every partner reads, with what belongs to its home alone: an earlier text, one
    at work with remarks, a question asked at home."""
    text = make(partner, "earlier", author)
    item_id, kind = text.content_id, text.kind
    _approved(text, author, editor)
    _approved(_plain(_item(item_id), kind, author), author, editor)
    if kind == "practice":
        words = f"Колко {partner.secret('question')}?"
        asked = asking.ask(_item(item_id), partner.space, words, by=author)
        asking.answer(asked, f"Толкова: {partner.secret('answer')}", by=author)
    keeping.place(_item(item_id), db.session.get_one(Space, extranet_id), by=editor)
    partner.shown.add(item_id)
    _spoken_of(_item(item_id), f"{kind} that all read", partner, editor)
    work = _secret_again(_item(item_id), kind, partner, author)
    content.submit(work, work.saves, by=author)
    remark = partner.secret(f"remark on the text at work, {kind}")
    at = {"title": partner.secret(f"remark at its title, {kind}")}
    content.return_(work, work.saves, by=editor, remark=remark, at=at)


def _spoken_of(item: Content, what: str, partner: Partner, editor: Viewer) -> None:
    """What its readers at home say about an item, keep and must confirm; each tells somebody."""
    author, other = partner.author(), viewer(partner.people[1])
    follows.follow("space", partner.space_id, "now", by=other)
    for each in partner.people:
        reading.keep(item, True, by=viewer(each))
    order = partner.secret(f"order that asks to read, {what}")
    _asked(item, wish(partner.people, order_number=order), author, editor)
    if item.kind in ("practice", "page"):
        return  # talks about it are questions; a page is written by all and not commented on
    words = f"@Име Фамилия0, {partner.secret(f'comment on {what}')}"
    first = comments.write(item, partner.space, words, by=author)
    words = f"Да. {partner.secret(f'answer to a comment on {what}')}"
    answer = comments.write(item, partner.space, words, by=other, parent=first)
    words = partner.secret(f"hidden comment on {what}")
    hidden = comments.write(item, partner.space, words, by=other)
    comments.hide(hidden, True, by=editor)
    partner.said |= {first.id, answer.id, hidden.id}


def _asked(item: Content, wished: Wish, first: Viewer, editor: Viewer) -> None:
    """Ask people to confirm an item; the first of them does."""
    asked = must_read.ask(item, wished, by=editor)
    sync.settle(asked.id)
    live = select(Revision.id).where(Revision.content_id == item.id, Revision.state == "live")
    text = db.session.scalars(live).one()
    confirming.confirm(item, by=first, requirement_id=asked.id, revision_id=text)


def _taken_from(partner: Partner, others: list[Partner]) -> None:
    """An item that the others read, kept, followed and talked about, and that is theirs no more:
    its newer text is read at home alone."""
    author, editor = partner.author(), viewer(Cast().id("editor"))
    extranet = Cast().space("extranet")
    text = news.write(partner.space, "bg", Text("Общ автобус", "", "<p>Автобус</p>"), by=author)
    _approved(text, author, editor)
    item = _item(text.content_id)
    keeping.place(item, extranet, by=editor)
    for each in others:
        reader = viewer(each.seen_by)
        reading.keep(item, True, by=reader)
        comments.write(item, extranet, f"Хубаво, казва {each.number}.", by=reader)
    if others:
        _asked(item, wish([each.seen_by for each in others]), viewer(others[0].seen_by), editor)
    keeping.unplace(item, extranet, by=editor)
    newer = content.draft_of(item, "bg", by=author)
    title, body = (partner.secret(f"{part} of an item taken back") for part in ("title", "body"))
    news.save(newer, newer.saves, Text(title, "", f"<p>{body}</p>"), by=author)
    _approved(newer, author, editor)
    partner.closed.add(item.id)


def _item(item_id: int) -> Content:
    return db.session.get_one(Content, item_id)


def _approved(text: Made, author: Viewer, editor: Viewer) -> None:
    if text.state == "draft":
        content.submit(text, text.saves, by=author)
    content.approve(text, text.saves, by=editor)


def _plain(item: Content, kind: str, author: Viewer) -> Made:
    """The text that every partner reads: without a secret."""
    title = f"Общ автобус {item.id}"
    if kind == "document":
        file = add_file(io.BytesIO(b"Bus."), "Общ.txt", by=author)
        documents.new_version(item, file, by=author, draft=True)
        return documents.describe(item, documents.stamp(item), Facts(title), by=author)
    draft = content.draft_of(item, "bg", by=author)
    if kind == "news":
        news.save(draft, draft.saves, Text(title, "", "<p>Автобус</p>", files=()), by=author)
    elif kind == "page":
        seal = content.print_of(draft)
        return pages.save(item, seal, PageText(title, "<p>Автобус</p>", files=()), by=author)
    else:
        topics = [str(practising.topic())]
        for key, typed in practising.full_record(title=title, topics=topics, pictures=[]).items():
            _step(draft, key, typed, author)
    return draft


def _step(draft: Made, key: str, typed: dict, author: Viewer) -> None:
    step = practising.records.step_of(key, False)
    seal = practices.step_seal(draft, step)
    saved = practices.save_step(draft, key, seal, typed, by=author)
    assert not saved.faults, saved.faults


def _secret_again(item: Content, kind: str, partner: Partner, author: Viewer) -> Made:
    """The text at work over it, with secrets."""

    def secret(place: str) -> str:
        return partner.secret(f"{place} at work, {kind}")

    if kind == "document":
        file = add_file(io.BytesIO(secret("text").encode()), f"{secret('file')}.txt", by=author)
        return documents.new_version(item, file, secret("note"), by=author, draft=True)
    draft = content.draft_of(item, "bg", by=author)
    if kind == "news":
        text = Text(secret("title"), secret("summary"), f"<p>{secret('body')}</p>")
        news.save(draft, draft.saves, text, by=author)
    elif kind == "page":
        text = PageText(secret("title"), f"<p>{secret('body')}</p>")
        return pages.save(item, content.print_of(draft), text, by=author)
    else:
        about = practising.full_record(
            title=f"Практика {secret('title')}", topics=draft_topics(draft)
        )
        _step(draft, "about", about["about"], author)
    return draft


def draft_topics(draft: Made) -> list[str]:
    return [str(topic) for topic in content.topics_of(draft)]
