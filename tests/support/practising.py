"""Practices for tests: a complete record as a partner types it, and practices in each state."""

import io
from typing import Any

from PIL import Image
from sqlalchemy import select

from portal.access import Role, Viewer
from portal.accounts.models import Organisation
from portal.content import services as content
from portal.content.models import Topic
from portal.files.services import add_picture
from portal.kernel.database import db
from portal.kernel.transaction import transaction
from portal.practices import record as records
from portal.practices import services
from portal.practices.cleaning import clean
from portal.practices.models import PracticeRevision
from portal.spaces import services as spaces
from portal.spaces import viewers
from portal.spaces.models import Space
from tests.support.cast import Cast

TITLE = "Автобус по заявка за малките села"
SUMMARY = "Седем села се возят отново: автобусът тръгва само когато някой го е поръчал."
PROBLEM = (
    "В седемте села на общината живеят 1240 души, две трети от тях над 65 години. Последният "
    "редовен автобус спря през 2021 г., защото возеше средно по двама пътници. Хората стигаха до "
    "лекар, аптека и пазар само със съседи, които имат кола, а 310 домакинства нямат такава. "
    "Личният лекар отчете, че всеки трети възрастен пропуска прегледите си, защото няма с какво "
    "да дойде до града."
)
SOLUTION = (
    "Общината нае един микробус с дванадесет места и двама шофьори на половин ден. Пътуване се "
    "заявява до 17 часа на предния ден по телефона или в кметството; диспечер в центъра за услуги "
    "подрежда заявките и вечерта се обажда на всеки с точния час. Автобусът минава само през "
    "селата, от които има заявка, и винаги спира пред поликлиниката, аптеката и пазара. Билетът "
    "струва колкото градския, а за хора с увреждания е безплатен. Кметовете на селата получиха "
    "по един телефон за заявки и кратко упътване. След три месеца добавихме курс в петък вечер, "
    "защото учениците от общежитието го поискаха, и махнахме съботния, който никой не ползваше."
)


def full_record(failed: bool = False, **changes: Any) -> dict[str, dict[str, Any]]:
    """Everything that is typed, by the step's key and the field's; `changes` by the field's key.

    Topics, contact and pictures are numbers of rows: see `filled`. failed: what did not work.
    """
    typed: dict[str, Any] = {
        **_about(),
        **_how(),
        **_results(),
        **_for_others(),
        **changes,
    }
    return {
        step.key: {each.key: typed[each.key] for each in step.fields if each.key in typed}
        for step in records.steps(failed)
    }


def stored(by: Viewer) -> dict[str, Any]:
    """The complete record as it stands in a revision."""
    typed = {key: raw for step in full_record().values() for key, raw in step.items()}
    kept = {
        each.key: clean(each, typed[each.key])[0]
        for each in records.fields(failed=False)
        if each.key in typed and each.key not in services.IN_COLUMNS
    }
    return {**kept, "failed": False, "organisation": by.organisation_id, "contact": by.user_id}


def _about() -> dict[str, Any]:
    return {
        "title": TITLE,
        "summary": SUMMARY,
        "mailbox": "transport@kamengrad.example",
        "contact_shown": "partners",
        "settlement": "Каменград",
        "ekatte": "35064",
        "nuts3": "BG341",
        "latitude": "42,5048",
        "longitude": "27,4626",
        "scope": "municipality",
        "keywords": "превоз, села, възрастни хора",
        "problem": PROBLEM,
        "solution": SOLUTION,
        "begun": "05.2024",
        "running": "running",
        "maturity": "good",
        "replicated": "Община Белобряг, от март 2025 г.",
        "aspects": ["social", "environmental"],
        "aspects_how": "Един автобус вместо тридесет коли до пазара.",
    }


def _how() -> dict[str, Any]:
    return {
        "steps": [
            {"what": "Преброяване на пътуванията", "who": "кметовете", "weeks": "4",
             "output": "таблица по села и часове"},
            {"what": "Поръчка за микробус", "who": "Обществени поръчки", "weeks": "12"},
        ],
        "costs": [
            {"sort": "setup", "amount": "64 000", "currency": "EUR", "year": "2024",
             "source": "общински бюджет"},
            {"sort": "yearly", "amount": "41200,50", "currency": "BGN", "year": "2025"},
        ],
        "person_months": "6,5",
        "skills": "диспечер, двама шофьори категория D",
        "lead_unit": "Транспорт",
        "legal": "Решение на Общинския съвет за нова автобусна линия по заявка.",
        "political": "Кметът докладва всяко тримесечие.",
        "technical": "Телефонна централа и електронна таблица.",
        "stakeholders": [{"name": "Кметства на седемте села", "role": "приемат заявки"}],
        "participation": "Седем събрания по селата определиха часовете и спирките.",
    }  # fmt: skip


def _results() -> dict[str, Any]:
    return {
        "beneficiaries": [{"group": "Жители на селата", "number": "1240"}],
        "indicators": [
            {"name": "Пътувания до града", "unit": "на месец", "baseline": "0", "value": "860",
             "date": "09.2025", "source": "дневник на диспечера"},
        ],
        "quote": "Вече сама си ходя на лекар.",
        "quote_by": "Жителка на село Дъбрава",
        "difficulties": [
            {"what": "Първите две седмици никой не се обаждаше.",
             "remedy": "Диспечерът сам позвъни на 200 домакинства."},
        ],
        "lessons": "Щяхме да наемем диспечер от района още в началото.",
    }  # fmt: skip


def _for_others() -> dict[str, Any]:
    return {
        "core": "Обаждането вечерта с точния час.",
        "adaptable": "Големината на автобуса и дните.",
        "fits": "Общини с пръснати села и един лекарски център.",
        "small": "Достатъчен е автомобил с осем места и кметът като диспечер.",
        "no_grant": "Около 3400 лева на месец от общинския бюджет.",
        "sustained": "Общинският бюджет, с решение за три години.",
        "sustained_since": "01.2025",
        "alignment": [{"sort": "piro", "what": "Мярка 3.2: Достъпен превоз"}],
        "project": "Близо до дома",
        "offers": ["visit", "call"],
        "original": "bg",
        "licence": "CC-BY-4.0",
        "visibility": "partners",
    }


def picture(by: Viewer, side: int = 40) -> dict[str, Any]:
    """A row of `pictures` with a file just uploaded."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, "PNG")
    out.seek(0)
    file = add_picture(out, "Автобусът.png", by=by)
    return {
        "file": str(file.id),
        "alt": "Микробус пред кметството",
        "author": "Петър Партньоров",
        "licence": "own",
        "moment": "after",
        "consent": "1",
    }


@transaction
def topic(slug: str = "prevoz", name_bg: str = "Превоз", name_en: str = "Transport") -> int:
    """The number of a topic, made when it is not there."""
    found = db.session.scalar(select(Topic).where(Topic.slug == slug))
    if found is None:
        found = Topic(slug=slug, name_bg=name_bg, name_en=name_en)
        db.session.add(found)
        db.session.flush()
    return found.id


def own_space(cast: Cast, organisation: str = "partner") -> Space:
    """The private space of a partner: its people contribute; our editors release there."""
    owner = cast.organisation(organisation)
    found = _space_of(owner)
    if found is None:
        admin = viewers.by_user(cast.id("admin"))
        assert admin is not None
        made = spaces.create_space(
            by=admin,
            kind="organisation",
            name_bg=owner.name_bg,
            name_en=owner.name_en,
            organisation=owner,
            manager=cast["manager"],
        )
        for login in ("editor", "colleague"):
            spaces.add_member(made, cast[login], Role.EDITOR, by=admin)
        found = made
    return found


def _space_of(owner: Organisation) -> Space | None:
    return db.session.scalar(select(Space).where(Space.organisation_id == owner.id))


def begun(space: Space, by: Viewer, title: str = TITLE, **more: Any) -> PracticeRevision:
    """A draft with a title and nothing else."""
    return services.begin(space, more.pop("language", "bg"), title, by=by, **more)


def filled(
    space: Space, by: Viewer, *, failed: bool = False, pictured: bool = True, **changes: Any
) -> PracticeRevision:
    """A complete draft. changes: raw values by the field's key."""
    changes.setdefault("topics", [str(topic())])
    if pictured and not failed:
        changes.setdefault("pictures", [picture(by)])
    draft = services.begin(space, "bg", changes.get("title", TITLE), by=by, failed=failed)
    for key, typed in full_record(failed, **changes).items():
        step = records.step_of(key, failed)
        assert step is not None
        saved = services.save_step(draft, key, services.step_seal(draft, step), typed, by=by)
        assert not saved.faults, saved.faults
    return draft


def submitted(space: Space, by: Viewer, **changes: Any) -> PracticeRevision:
    """A complete practice that waits for its reviewers."""
    draft = filled(space, by, **changes)
    content.submit(draft, draft.saves, by=by)
    return draft


def practice(space: Space, by: Viewer, editor: Viewer, **changes: Any) -> PracticeRevision:
    """A released practice: written by a partner, approved by an editor of the space."""
    text = submitted(space, by, **changes)
    content.approve(text, text.saves, by=editor)
    return text
