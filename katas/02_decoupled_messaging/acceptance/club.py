"""The words in which this kata's scenarios are written: members, their plans, who has heard of what."""

import json
import random
import string
from collections.abc import Iterable
from typing import Any

from harness.promises import expect
from harness.world import HttpAnswer, World

TOPIC = "MembersTopic"
BILLING = "BillingQueue"
ACCESS = "AccessQueue"
DEAD_LETTERS = {BILLING: "BillingDeadLetterQueue", ACCESS: "AccessDeadLetterQueue"}
ENTITLEMENTS = "entitlements"

PRICES_CENTS = {"basic": 900, "plus": 1500, "pro": 2900}
PLANS = tuple(PRICES_CENTS)

MINUTE_S = 60
GOOD_DAY_S = 2 * MINUTE_S
REPAIRED_S = 30 * MINUTE_S

Document = dict[str, Any]


def draw_member(world: World) -> str:
    """The id of a member that nobody can know beforehand."""
    draws: random.Random = world.random("club/members")
    return "m-" + "".join(draws.choices(string.ascii_lowercase + string.digits, k=8))


# ---- Memberships ----------------------------------------------------------------------------


async def put(world: World, member_id: str, plan: Any) -> HttpAnswer:
    """Asks for a plan, whatever the answer."""
    return await world.request("PUT", f"/members/{member_id}", json={"plan": plan})


async def change(world: World, member_id: str, plan: str, *, version: int = 0) -> int:
    """Changes a plan, which must be answered 200 with the member in this plan.

    Args:
        version: the one it must have then; 0: any from 1.
    """
    answer = await put(world, member_id, plan)
    expect(
        answer.status == 200,
        f"Member {member_id} asked for {plan}, and was answered {answer.status} at {answer.received_ms} ms.",
        expected="200 [A1]",
        got=f"{answer.status} {answer.text[:300]}",
        about=[member_id],
    )
    return judge_member(document(answer), member_id, plan, version=version)


async def changes(world: World, member_id: str, plans: Iterable[str], *, after: int = 0) -> None:
    """Changes a plan several times, one after another; the member has `after` versions already."""
    for number, plan in enumerate(plans, start=after + 1):
        await change(world, member_id, plan, version=number)


def judge_member(found: Document, member_id: str, plan: str, *, version: int = 0) -> int:
    """The member must be shown in this plan and version; returns the version."""
    shown = found.get("version")
    is_right = isinstance(shown, int) and not isinstance(shown, bool) and shown >= 1 and shown == (version or shown)
    expect(
        is_right and (found.get("member_id"), found.get("plan")) == (member_id, plan),
        f"Member {member_id} asked for {plan}, and is shown otherwise.",
        expected=f"member_id {member_id}, plan {plan}, version {version or 'from 1'} [A1]",
        got=found,
        about=[member_id],
    )
    return int(shown or 0)


async def member(world: World, member_id: str) -> Document:
    """The member as Memberships shows it; {} if it is unknown."""
    return await _shown(world, f"/members/{member_id}", member_id, mark="A5")


# ---- Billing and Access ---------------------------------------------------------------------


async def bill(world: World, member_id: str) -> Document:
    """What the member was charged, its sum right; {} if nothing."""
    found = await _shown(world, f"/billing/{member_id}", member_id, mark="B1")
    if found:
        listed = found.get("charges")
        is_list = isinstance(listed, list) and all(isinstance(one, dict) for one in listed)
        total = sum(one.get("amount_cents", 0) for one in listed) if is_list else None
        expect(
            is_list and found.get("total_cents") == total,
            f"The bill of member {member_id} does not add up at {world.now_ms} ms.",
            expected=f"charges, and as total_cents their sum: {total} [B2]",
            got=found,
            likely=SUM_APART,
            about=[member_id],
        )
    return found


async def access(world: World, member_id: str) -> Document:
    """What the member may enter; {} if Access does not know it."""
    return await _shown(world, f"/access/{member_id}", member_id, mark="C1")


async def has_charged(world: World, wanted: dict[str, int], *, within_s: float) -> bool:
    """Waits until Billing lists so many charges of each member, at least; False: the time is up."""

    async def is_there(member_id: str, count: int) -> bool:
        return len((await bill(world, member_id)).get("charges", [])) >= count

    return await _all_there(world, wanted, is_there, within_s)


async def has_followed(world: World, wanted: dict[str, int], *, within_s: float) -> bool:
    """Waits until Access shows this version of each member, or a newer one; False: the time is up."""

    async def is_there(member_id: str, version: int) -> bool:
        return (await access(world, member_id)).get("version", 0) >= version

    return await _all_there(world, wanted, is_there, within_s)


async def has_reached_both(world: World, wanted: dict[str, int], *, within_s: float = GOOD_DAY_S) -> bool:
    """Waits until each member's newest version is in Billing and in Access."""
    began_ms = world.now_ms
    followed = await has_followed(world, wanted, within_s=within_s)
    left_s = max(0.0, within_s - (world.now_ms - began_ms) / 1000)
    return await has_charged(world, wanted, within_s=left_s) and followed


async def judge_bill(
    world: World, member_id: str, plans: Iterable[str], *, mark: str = "B1", likely: str = "", twice: str = ""
) -> None:
    """Billing must list one charge for each of these plans, versions 1, 2, 3 ...

    Args:
        likely: the likely mistake if a charge is missing.
        twice: the likely mistake if there is one too many.
    """
    plans = list(plans)
    wanted = [
        {"version": number, "plan": plan, "amount_cents": PRICES_CENTS[plan]}
        for number, plan in enumerate(plans, start=1)
    ]
    found = (await bill(world, member_id)).get("charges", [])
    charges = [{name: one.get(name) for name in ("version", "plan", "amount_cents")} for one in found]
    expect(
        charges == wanted,
        f"Member {member_id} changed {_times(len(plans))}, and Billing lists {_charges(len(charges))} "
        f"at {world.now_ms} ms.",
        expected=f"{wanted or 'none: 404'} [{mark}]",
        got=charges,
        likely=twice if len(charges) > len(wanted) else likely,
        about=[member_id],
    )


async def judge_access(
    world: World, member_id: str, version: int, plan: str, *, mark: str = "C1", likely: str = ""
) -> None:
    """Access must show the member in this version and plan, with the features entitlements gave."""
    wanted = {"plan": plan, "version": version, "features": features(world, member_id, plan)}
    found = await access(world, member_id)
    shown = {name: found.get(name) for name in wanted} if found else {}
    if isinstance(shown.get("features"), list):
        shown["features"] = sorted(shown["features"])
    expect(
        shown == wanted,
        f"Access should follow version {version} of member {member_id}, {plan}, and "
        + (f"shows version {shown['version']}" if shown else "does not know the member")
        + f" at {world.now_ms} ms.",
        expected=f"{wanted} [{mark}]",
        got=shown or "404",
        likely=likely,
        about=[member_id],
    )


def features(world: World, member_id: str, plan: str) -> list[str]:
    """What entitlements answers for this member and plan, sorted."""
    found: list[str] = world.service(ENTITLEMENTS).features_of(member_id, plan)
    return found


# ---- dead-letter queues ---------------------------------------------------------------------


def set_aside(world: World, queue: str) -> list[str]:
    """What arrived in the dead-letter queue of this queue, each distinct event once."""
    return list(dict.fromkeys(_identity(one.body) for one in world.queue(DEAD_LETTERS[queue]).arrivals))


def judge_set_aside(world: World, queue: str, counts: Iterable[int], *, why: str, likely: str = "") -> None:
    """So many distinct events must have arrived in the dead-letter queue since the beginning."""
    counts, name = list(counts), DEAD_LETTERS[queue]
    expect(
        world.queue(name).exists or 0 in counts,
        f"There is no {name} in the template.",
        expected=f"a queue with the logical id {name} [Q1]",
        got="none",
    )
    found = set_aside(world, queue)
    expect(
        len(found) in counts,
        f"{len(found)} different events arrived in {name}; {why}.",
        expected=f"{' or '.join(map(str, counts))} [Q1]",
        got=found,
        likely=likely,
    )


def content_of(body: str) -> Any:
    """What a message says, taken out of SNS's envelope if it is in one; the text itself if it is no JSON."""
    try:
        found = json.loads(body)
        if isinstance(found, dict) and found.get("Type") == "Notification":
            found = json.loads(found["Message"])
    except ValueError:
        return body
    return found


# ---- answers --------------------------------------------------------------------------------


def judge_problem(answer: HttpAnswer, status: int, what: str, *, mark: str) -> None:
    """The answer must be a problem document with this status."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip()
    got = f"{answer.status} {kind} {answer.text[:300]}"
    expect(answer.status == status, f"{what} was answered {answer.status}.", expected=f"{status} [{mark}]", got=got)
    expect(
        kind == "application/problem+json" and document(answer) != {},
        f"{what} was answered {status} without a problem document.",
        expected="application/problem+json, a JSON object [A6]",
        got=got,
    )


def document(answer: HttpAnswer) -> Document:
    """The JSON object in an answer; {} if there is none."""
    try:
        value = json.loads(answer.body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


async def _shown(world: World, path: str, member_id: str, *, mark: str) -> Document:
    answer = await world.get(path)
    found = document(answer)
    expect(
        answer.status == 404 or (answer.status == 200 and found.get("member_id") == member_id),
        f"GET {path} was answered {answer.status} at {answer.received_ms} ms.",
        expected=f"200 and this member, or 404 [{mark}]",
        got=f"{answer.status} {answer.text[:300]}",
        about=[member_id],
    )
    return found if answer.status == 200 else {}


async def _all_there(world: World, wanted: dict[str, int], is_there: Any, within_s: float) -> bool:
    """Asks after 0, 1, 2, 4, 8, 16 s and then every half minute, and stops asking at the first that is not there."""
    until_ms = world.now_ms + within_s * 1000
    left, pause_s = dict(wanted), 1.0
    while True:
        for member_id, count in list(left.items()):
            if not await is_there(member_id, count):
                break
            del left[member_id]
        if not left or world.now_ms >= until_ms:
            return not left
        await world.run_for(ms=max(1, int(min(pause_s * 1000, until_ms - world.now_ms))))
        pause_s = min(2 * pause_s, 30)


def _identity(body: str) -> str:
    content = content_of(body)
    if isinstance(content, dict) and "event_id" in content:
        return str(content["event_id"])
    return json.dumps(content, sort_keys=True)


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _charges(count: int) -> str:
    return {0: "no charge", 1: "1 charge"}.get(count, f"{count} charges")


SUM_APART = "The charge and the sum were written apart, and something came between the two."
