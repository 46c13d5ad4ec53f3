"""The trail of acts in words: who did what, when, about what; page by page as far back as it goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from madang.core.language import Text, say_number, text
from madang.web.desks.eco_mileage.models import Look, Trail
from madang.web.desks.eco_mileage.pages.shared import page, says_errors, whole

_SHOWN, _LOOKS_SHOWN = 100, 20


@says_errors
def trail(request: HttpRequest) -> HttpResponse:
    """Show who did what, the newest first; ``before`` goes further back."""
    rows, before = Trail.objects.order_by("-id"), whole(request.GET.get("before", ""))
    if before:
        rows = rows.filter(pk__lt=before)
    shown = list(rows[: _SHOWN + 1])
    lines = [
        {
            "at": one.at,
            "actor": said_actor(one.actor),
            "said": _words(ACTS, one.act),
            "about": one.about,
            "detail": details(one),
        }
        for one in shown[:_SHOWN]
    ]
    older = shown[_SHOWN - 1].pk if len(shown) > _SHOWN else None
    return page(request, "trail", {"trail": lines, "older": older})


def said_actor(actor: str) -> Text:
    """Return who acted, in words where it is no officer's name."""
    found = re.fullmatch(r"(member|partner) (.+)", actor)
    if found:
        return text(f"{'회원' if found[1] == 'member' else '제휴처'} {found[2]}", actor)
    return _words(_ACTORS, actor)


def _words(known: Mapping[str, Text], said: str) -> Text:
    """Return what stands in the trail in words; as it stands where there are none, a dash where nothing stands."""
    return known.get(said) or text(said or "–", said or "–")


def latest_looks() -> list[dict[str, Any]]:
    """Return who looked last at whose personal data, when and why, in words."""
    return [
        {
            "at": one.at,
            "actor": said_actor(one.actor),
            "number": one.number,
            "said": _words(LOOKS, one.what),
            "why": one.why,
        }
        for one in Look.objects.order_by("-id")[:_LOOKS_SHOWN]
    ]


def details(one: Trail) -> list[Text]:
    """Return an act's details in words; what says nothing is left out."""
    found = [(_words(_DETAILS, name), _said(value)) for name, value in one.detail.items()]
    return [text(f"{name.ko} {value.ko}", f"{name.en} {value.en}") for name, value in found if value is not None]


def _said(value: Any) -> Text | None:
    """Return a detail's value in words; None for one that says nothing."""
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, bool):
        return text("예", "yes") if value else text("아니오", "no")
    if isinstance(value, int):
        return text(say_number(value), say_number(value))
    plain = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return _words(_VALUES, plain)


_ACTORS = {"command": text("명령줄", "command line"), "clock": text("시계", "clock")}
_DETAILS = {
    "members": text("회원", "members"),
    "points": text("포인트", "points"),
    "until": text("기한", "until"),
    "why": text("까닭:", "why:"),
    "added": text("더한 것", "added"),
    "corrected": text("고친 것", "corrected"),
    "uncovered": text("남은 포인트가 모자란 회원", "members who hold too little"),
    "left": text("남긴 것", "left"),
    "stock": text("재고", "stock"),
    "item": text("무엇:", "item:"),
    "units": text("개수", "units"),
    "orders": text("돌려받은 주문", "orders given back"),
    "delivered": text("이미 전달된 포인트", "points delivered already"),
    "given_up": text("포기한 포인트", "points given up"),
    "half-year": text("반기", "half-year"),
    "change": text("바뀐 것:", "change:"),
    "what": text("무엇:", "what:"),
    "counts": text("셈함:", "counts:"),
    "sort": text("종류:", "kind:"),
    "toe": text("TOE", "TOE"),
    "won": text("원", "won"),
    "decision": text("결정:", "decision:"),
    "partner": text("제휴처:", "partner:"),
    "30": text("30일 전", "30 days ahead"),
    "90": text("90일 전", "90 days ahead"),
}


_VALUES: dict[str, Text] = {
    "counts": text("셈한다", "counts"),
    "held": text("보류", "held"),
    "owner": text("명의가 바뀜", "another owner"),
    "plate": text("다른 시도의 번호판", "a plate of another province"),
    "deregistered": text("말소", "deregistered"),
    "odometer": text("계기판을 바꿈", "another odometer"),
    "company": text("기업", "company"),
    "shop": text("소상공인", "small shop"),
    "apartment": text("아파트 단체", "apartment complex"),
    "school": text("학교", "school"),
    "public": text("공공기관", "public body"),
    "other": text("그 밖의 단체", "another organisation"),
}
ACTS = {
    "registered": text("회원 인수", "took members over"),
    "codes made": text("계정 연결 코드 만듦", "made codes for claiming accounts"),
    "codes withdrawn": text("계정 연결 코드 거둠", "withdrew codes"),
    "claimed": text("계정 연결", "claimed the account"),
    "released": text("계정 연결 끊음", "parted the account from whoever claimed it"),
    "joined": text("가입", "joined"),
    "left": text("탈퇴", "left"),
    "imported": text("사용량 넣기", "imported readings"),
    "decided": text("사용량 결정", "decided about a reading"),
    "moved": text("이사", "moved"),
    "partner allowed": text("제휴처 허용", "allowed a partner"),
    "partner ended": text("제휴처 허용 거둠", "took a partner's leave back"),
    "asked": text("평가 신청", "asked to be evaluated"),
    "car joined": text("승용차 참여", "joined with a car"),
    "car ended": text("승용차 참여 끝", "ended a car's part"),
    "looked at": text("사진 확인", "looked at a photo"),
    "organisation": text("단체 정보", "changed an organisation"),
    "prize noted": text("상금 적음", "noted a prize"),
    "prize approved": text("상금 승인", "approved a prize"),
    "prepared": text("정산 준비", "prepared a settlement"),
    "approved": text("정산 승인", "approved a settlement"),
    "refused": text("정산 거절", "refused a settlement"),
    "posted": text("지급", "posted a settlement"),
    "reversed": text("되돌림", "took a settlement back"),
    "catalogue": text("쓸 곳 올림", "changed the catalogue"),
    "redeemed": text("포인트 사용", "ordered"),
    "delivered": text("전달", "delivered"),
    "cancelled": text("취소", "cancelled"),
    "timed out": text("시간이 지나 돌려줌", "given back in time"),
    "expired": text("소멸", "let points expire"),
    "notified": text("소멸 알림", "wrote notices"),
}
LOOKS = {
    "looked up": text("회원 찾기", "looked up"),
    "claimed": text("계정 연결", "claimed the account"),
    "released": text("계정 연결 끊음", "parted the account"),
    "move": text("이사", "moved"),
    "export": text("자료 받기", "exported the data"),
    "photo": text("사진 확인", "looked at a photo"),
    "balance": text("잔액 확인", "asked for the balance"),
}
