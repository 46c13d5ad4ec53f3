"""Making accounts and giving roles from the command line, with a line in the audit log."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log

from madang.core.errors import Both, UnknownName, UsageError
from madang.web.accounts.models import User
from madang.web.accounts.roles import ROLES, WRITERS


@transaction.atomic
def make_account(name: str, role: str, password: str, email: str = "") -> User:
    """Make an account with one role.

    Raises:
        UsageError: the name is taken, or the password too weak.
        UnknownName: there is no such role.
    """
    if get_user_model().objects.filter(username__iexact=name).exists():
        raise UsageError(
            Both(f"같은 이름의 계정이 있습니다: {name!r}", f"there is an account called {name!r} already"),
            todo=Both("다른 이름을 고르십시오", "choose another name"),
        )
    user = User(username=name, email=email)
    try:
        user.full_clean(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        raise UsageError(
            " ".join(error.messages),
            todo=Both("다른 이름이나 비밀번호를 고르십시오", "choose another name or password"),
        ) from error
    user.set_password(password)
    user.save()
    log(instance=user, action="madang.created", data={"role": role})
    give_role(user, role)
    return user


def may_edit(role: str) -> bool:
    """Tell whether a role may enter the editors' rooms."""
    return role in WRITERS


@transaction.atomic
def give_role(user: User, role: str) -> None:
    """Give an account one role instead of those it had.

    Raises:
        UnknownName: there is no such role.
    """
    if role not in ROLES:
        raise UnknownName(Both("역할", "role"), role, ROLES)
    user.is_superuser = user.is_staff = role == "admin"
    user.save(update_fields=["is_superuser", "is_staff"])
    user.groups.set([] if role in {"admin", "visitor"} else [Group.objects.get(name=role)])
    log(instance=user, action="madang.role", data={"role": role})


def find_account(name: str) -> User:
    """Return an account by name.

    Raises:
        UnknownName: there is none.
    """
    found = User.objects.filter(username__iexact=name).first()
    if found is None:
        raise UnknownName(Both("계정", "account"), name, User.objects.values_list("username", flat=True))
    return found
