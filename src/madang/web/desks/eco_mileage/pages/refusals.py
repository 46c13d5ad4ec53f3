"""What refuses somebody at the desk, in the reader's language: the family's errors are written in English."""

from __future__ import annotations

import re
from functools import lru_cache

from madang.core.errors import MadangError
from madang.web.bench.jobs import said
from madang.web.wording import language

#: A text in English, ``{}`` for what changes from time to time, and the same in Korean.
KOREAN: dict[str, str] = {
    # Joining, moving, leaving.
    "you are a member already": "이미 회원입니다",
    "see your own page": "내 마일리지를 보십시오",
    "see your page": "내 마일리지를 보십시오",
    "another member has this meter": "다른 회원이 쓰는 고객번호입니다",
    "check the number on the bill, or write to the desk": "고지서의 번호를 확인하거나 창구에 문의하십시오",
    "the household has a paid representative already": "이 가구에는 이미 포인트를 받는 대표 회원이 있습니다",
    "join without being paid, or let the other representative leave first": (
        "포인트를 받지 않는 가족으로 가입하거나, 지금 대표가 먼저 탈퇴해야 합니다"
    ),
    "somebody joined at the same moment": "같은 순간에 다른 사람이 가입했습니다",
    "try again": "다시 해 보십시오",
    "something you asked for is still on its way": "아직 전달되지 않은 주문이 있습니다",
    "wait for it, or have it made void": "전달을 기다리거나 취소하십시오",
    "there are {} points left": "{} 포인트가 남아 있습니다",
    "spend them, or say that you give up {}": "쓰거나, {} 포인트를 포기한다고 표시하십시오",
    "there is no member of this number": "그런 번호의 회원이 없습니다",
    "check the number": "번호를 확인하십시오",
    "this half-year can not be asked for now": "지금은 이 반기를 신청할 수 없습니다",
    "there is no decision about you in this settlement": "이 정산에는 회원님의 결정이 없습니다",
    # Spending.
    "the account holds {} point, which is less than {}": "가진 포인트는 {}이고, 필요한 포인트는 {}입니다",
    "the account holds {} piece, which is less than {}": "재고는 {}개이고, 필요한 것은 {}개입니다",
    "take a smaller amount": "더 적게 고르십시오",
    "this key has asked for something else": "이 주문 열쇠는 다른 주문에 쓰였습니다",
    "take a new key": "새 열쇠를 쓰십시오",
    "this member has left": "탈퇴한 회원입니다",
    "nothing can be bought": "아무것도 살 수 없습니다",
    "this is not for sale on the day": "그날에는 쓸 수 없는 항목입니다",
    "see the catalogue": "쓸 곳을 보십시오",
    "the smallest number of units is {}": "최소 개수는 {}입니다",
    "ask for more": "더 많이 고르십시오",
    "the number of units is no number": "개수가 숫자가 아닙니다",
    "give a whole number": "정수로 적으십시오",
    "an item needs a way, points above zero and at least one unit": (
        "종류, 0보다 큰 포인트, 1개 이상의 단위가 필요합니다"
    ),
    "correct it": "고치십시오",
    "the hold can't become {}: {}": "이 주문은 바뀔 수 없습니다: {1}",
    "the hold can't become {}: it is posted already": "이미 전달된 주문입니다",
    "the hold can't become {}: it is void already": "이미 취소된 주문입니다",
    "hold the amount anew": "새로 주문하십시오",
    "the account is closed": "닫힌 계정입니다",
    "nothing can move in or out of it": "포인트가 드나들 수 없습니다",
    # Photos and cars.
    "the photo is too large": "사진이 너무 큽니다",
    "send at most 10 MB": "10MB까지 보낼 수 있습니다",
    "this photo is not kept any more": "이 사진은 더 보관하지 않습니다",
    "ask the member for another": "회원에게 다시 요청하십시오",
    "this is not a photo that can be read": "읽을 수 있는 사진이 아닙니다",
    "send JPEG, PNG or WebP": "JPEG, PNG, WebP로 보내십시오",
    "the photo has too many pixels": "사진의 화소가 너무 많습니다",
    "send a smaller one": "더 작은 사진을 보내십시오",
    "you have no such meter": "그런 계량기가 등록되어 있지 않습니다",
    "see the meters you joined with": "가입할 때 적은 고객번호를 확인하십시오",
    "this utility has no such unit": "이 에너지에는 없는 단위입니다",
    "one of {}": "다음 가운데 하나: {}",
    "this month has not begun": "아직 시작하지 않은 달입니다",
    "report it when it is over": "그달이 끝난 뒤에 보고하십시오",
    "{} photos wait to be looked at": "확인을 기다리는 사진이 {}장 있습니다",
    "wait until somebody has looked at them": "담당자가 확인할 때까지 기다리십시오",
    "this needs a reason": "까닭이 필요합니다",
    "write why": "까닭을 적으십시오",
    "this is decided already": "이미 결정되었습니다",
    "see the trail": "기록을 보십시오",
    "there is no such photo": "그런 사진이 없습니다",
    "see the list of photos": "사진 목록을 보십시오",
    "the car is registered on a day to come": "최초 등록일이 오늘보다 뒤입니다",
    "correct the day": "날짜를 고치십시오",
    "this car may not take part ({})": "이 차는 참여할 수 없습니다(규정 {})",
    "see the rule in the story of the policy": "정책 이야기에서 규정을 보십시오",
    "no odometer was read on this day": "그날의 주행거리일 수 없습니다",
    "give the day of the photo": "사진을 찍은 날을 적으십시오",
    "this distance can not be": "있을 수 없는 거리입니다",
    "give whole kilometres": "킬로미터를 정수로 적으십시오",
    "this ends no car's part": "참여를 끝내는 사유가 아닙니다",
    "no car has a first and a second reading that count": "처음과 끝 주행거리가 모두 확인된 차가 없습니다",
    "look at the photos that wait": "기다리는 사진을 확인하십시오",
    "this car, or another of yours, takes part already": "이 차나 회원님의 다른 차가 이미 참여하고 있습니다",
    "one car a member": "회원 한 사람에 차 한 대입니다",
    # Organisations.
    "this organisation has not reached what is asked": "기준에 이르지 못한 단체입니다",
    "see the list": "목록을 보십시오",
    "a prize of this contest lies elsewhere": "이 경진대회의 상금 범위를 벗어났습니다",
    "from {} to {} won": "{}원부터 {}원까지입니다",
    "nobody approves what they noted": "적은 사람은 승인할 수 없습니다",
    "a prize of this contest is noted already": "이 경진대회의 상금이 이미 적혀 있습니다",
    "see it": "확인하십시오",
    "there is no such kind of organisation": "그런 종류의 단체가 없습니다",
    "choose one of the list": "목록에서 고르십시오",
    "this is no whole number": "정수가 아닙니다",
    "give digits only": "숫자만 적으십시오",
    # Settlements.
    "this settlement only asks what if: {}": "가정으로 정산한 파일입니다: {}",
    "settle by the rules in force, without --rules-of and --rules": "시행 중인 규정으로 정산하십시오",
    "the award file was changed after it was prepared": "준비한 뒤에 지급 파일이 바뀌었습니다",
    "prepare it anew": "다시 준비하십시오",
    "nobody approves what they prepared": "준비한 사람은 승인할 수 없습니다",
    "ask a second person": "다른 담당자에게 맡기십시오",
    "the settlement is {}, not {}": "이 정산은 지금 {0} 상태이고, {1} 상태여야 합니다",
    "look at its page": "정산 화면을 보십시오",
    "this window is paid already": "이미 지급한 기간입니다",
    "look at the settlements posted": "지급한 정산을 보십시오",
    "{} members are paid already for months of the window {}": ("회원 {}명은 {} 기간과 겹치는 달에 이미 받았습니다"),
    "settle them from the month after their last window": "마지막 기간 다음 달부터 정산하십시오",
    "no settlement has this run": "그런 번호의 정산이 없습니다",
    "several runs begin like this": "그렇게 시작하는 정산이 여럿입니다",
    "give the run as `prepare` printed it": "준비할 때 나온 번호를 적으십시오",
    "no settlement is {}": "{} 상태인 정산이 없습니다",
    "several settlements are {}": "{} 상태인 정산이 여럿입니다",
    "give the beginning of the run that is meant": "뜻하는 정산 번호의 앞부분을 적으십시오",
    "{} members of run {} have spent or lost what it gave them": ("회원 {0}명이 받은 포인트를 이미 썼거나 잃었습니다"),
    "leave those, and settle with them one by one": "그 회원들은 남기고 하나씩 정리하십시오",
    "there are no households yet": "아직 가구 회원이 없습니다",
    "let people join, or take a table over": "가입을 받거나 회원 표를 인수하십시오",
    "nobody's window begins in this round": "이 기간에 시작하는 회원이 없습니다",
    "ask for another month": "다른 달을 고르십시오",
    "the store has no readings": "저장소에 사용량이 없습니다",
    "import some: madang eco-mileage import-readings": "먼저 사용량을 넣으십시오",
    "a meter is read for two members in one month, or ends before it begins": (
        "한 계량기를 같은 달에 두 회원이 씁니다"
    ),
    "end one": "하나를 끝내십시오",
    "a member takes part with one car, and two are given": "회원 한 사람에 차 두 대가 있습니다",
    "leave one out": "하나를 빼십시오",
    "the two settlements differ on {} members": "두 가지 정산이 회원 {}명에서 다릅니다",
    "nothing was written; report this: one of the two is wrong": (
        "아무것도 쓰지 않았습니다. 둘 가운데 하나가 틀렸으니 알려 주십시오"
    ),
    # Files of readings.
    "no file was chosen": "파일을 고르지 않았습니다",
    "choose a CSV, XML or JSONL file": "CSV, XML, JSONL 파일을 고르십시오",
    "no importer reads files ending in {}": "끝이 {}인 파일은 읽을 수 없습니다",
    "give one of {}": "다음 가운데 하나여야 합니다: {}",
    "the file is not UTF-8 text": "UTF-8 글이 아닙니다",
    "save it as UTF-8": "UTF-8로 저장하십시오",
    "the header is not that of a file of readings": "첫 줄이 사용량 파일의 것이 아닙니다",
    "the first line must be {}": "첫 줄은 {}이어야 합니다",
    "a row has {} cells where the header has {}": "칸이 {}개인 줄이 있습니다. 첫 줄은 {}개입니다",
    "mend that row": "그 줄을 고치십시오",
    "mend the cell; nothing of the file was taken in": "그 칸을 고치십시오. 파일에서 아무것도 들어가지 않았습니다",
    "mend the line; nothing of the file was taken in": "그 줄을 고치십시오. 파일에서 아무것도 들어가지 않았습니다",
    "nothing of the file was taken in": "파일에서 아무것도 들어가지 않았습니다",
    "this is not a utility: one of {}": "에너지 종류가 아닙니다. 다음 가운데 하나: {}",
    "this is not a meter's number: up to {} digits": "고객번호가 아닙니다: {}자리까지",
    "this is not a month written YYYY-MM": "YYYY-MM으로 적은 달이 아닙니다",
    "this is not a quantity: up to nine digits and three decimals": (
        "사용량이 아닙니다: 아홉 자리와 소수 셋째 자리까지"
    ),
    "this is not a unit: one of {}": "단위가 아닙니다. 다음 가운데 하나: {}",
    "this is not a quality: one of {}, or empty": "품질이 아닙니다. 다음 가운데 하나이거나 빈칸: {}",
    "this is not yes, no or empty": "yes, no 또는 빈칸이 아닙니다",
    "this line is not JSON": "JSON이 아닌 줄입니다",
    "this is not a reported reading: {}": "사진 보고가 아닙니다: {}",
    "the file has no interval readings": "구간별 사용량이 없는 파일입니다",
    "ask the utility for a file with usage": "사용량이 든 파일을 다시 받으십시오",
    "the file is not XML: {}": "XML이 아닙니다: {}",
    "ask the utility for the file again": "파일을 다시 받으십시오",
    "the file has a DTD or entities, which are not read": "DTD나 엔티티가 든 파일은 읽지 않습니다",
    "a Green Button file needs neither; do not open it elsewhere": (
        "그린버튼 파일에는 필요 없습니다. 다른 곳에서도 열지 마십시오"
    ),
    "an interval block belongs to no usage point": "어느 계량 지점의 것인지 알 수 없는 구간이 있습니다",
    "an interval block has no reading type": "단위를 알 수 없는 구간이 있습니다",
    "mend the links": "연결 주소를 고치십시오",
    "this service is none that is settled": "정산하지 않는 에너지입니다",
    "this is not a whole number": "정수가 아닙니다",
    "an interval has no length": "길이가 없는 구간이 있습니다",
    "the file has no readings": "사용량이 없는 파일입니다",
    "give at least one row below the header": "첫 줄 아래에 한 줄 이상 있어야 합니다",
    "another import is at work on this store": "다른 파일을 넣는 중입니다",
    "wait until it is done, or stop it": "끝날 때까지 기다리십시오",
    "looking somebody up needs a number and a reason": "회원을 찾으려면 번호와 까닭이 필요합니다",
    "give both": "둘 다 적으십시오",
    "{} of {} has no value that could count": "{1}의 값은 셈할 수 없습니다",
    "import a reading for that month with corrects = yes": "그달의 고친 사용량을 corrects = yes로 넣으십시오",
    "there is no item for review called {}": "{}라는 검토 항목이 없습니다",
    "no key opens this member's personal data": "어떤 열쇠로도 이 회원의 자료를 열 수 없습니다",
    "put the key it was sealed with among those of {}": "잠글 때 쓴 열쇠를 {}에 넣으십시오",
}
_STATES = {
    "prepared": "준비됨", "approved": "승인됨", "posted": "지급됨", "reversed": "되돌림", "refused": "거절됨",
}  # fmt: skip
_PLACES = {"file": "파일", "row": "줄", "column": "열", "value": "값", "day": "날"}


def in_words(error: MadangError) -> dict[str, str | None]:
    """Return an error's three parts in the language of the page."""
    return words_of(said(error))


def words_of(parts: dict[str, str | None]) -> dict[str, str | None]:
    """Return what, where and what to do, as an errand keeps them, in the language of the page."""
    if language() == "en":
        return parts
    return {
        "what": korean(parts.get("what")),
        "where": _korean_place(parts.get("where")),
        "todo": korean(parts.get("todo")),
    }


def korean(words: str | None) -> str | None:
    """Return a text in Korean; one that is not known stays as it is."""
    for pattern, wording in _patterns():
        found = pattern.fullmatch(words or "")
        if found:
            parts = [_STATES.get(part, part) for part in found.groups()]
            return wording.format(*parts)
    return words


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return every text as a pattern, those with the most words of their own first."""
    ordered = sorted(KOREAN.items(), key=lambda pair: -len(pair[0].replace("{}", "")))
    return [(re.compile("(.*?)".join(map(re.escape, english.split("{}"))), re.DOTALL), ko) for english, ko in ordered]


def _korean_place(where: str | None) -> str | None:
    """Return a place with Korean names of its parts."""
    return where and re.sub(
        r"(^|, )(file|row|column|value|day) ", lambda found: f"{found[1]}{_PLACES[found[2]]} ", where
    )
