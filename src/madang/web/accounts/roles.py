"""The roles: what each may do in the editors' rooms. A visitor has no account; an admin may do everything."""

from __future__ import annotations

from typing import Literal

from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

Role = Literal["visitor", "member", "analyst", "officer", "editor", "admin"]
ROLES: tuple[Role, ...] = ("visitor", "member", "analyst", "officer", "editor", "admin")
#: Sets of roles, for the rules of views.
EVERYBODY = frozenset(ROLES)
SIGNED_IN = frozenset({"member", "analyst", "officer", "editor", "admin"})
WRITERS = frozenset({"analyst", "editor", "admin"})
EDITORS = frozenset({"editor", "admin"})
ADMINS = frozenset({"admin"})
#: Who operates a desk; who is served at one.
OFFICERS = frozenset({"officer", "admin"})
MEMBERS = frozenset({"member", "admin"})
#: What a role may do with pages below the root: an analyst writes and hands in, an editor reviews and publishes.
_PAGE_RIGHTS: dict[str, tuple[str, ...]] = {
    "member": (),
    "analyst": ("add_page", "change_page"),
    "officer": (),
    "editor": ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page"),
}
_FILE_RIGHTS: dict[str, tuple[str, ...]] = {
    "member": (),
    "analyst": ("add_image", "choose_image", "add_document", "choose_document"),
    "officer": (),
    "editor": ("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document"),
}
_WORDS = ("theme", "goal", "region", "author")
REVIEW = "Review by an editor"


def ensure_roles() -> None:
    """Make the groups, their rights and the review that every page passes; repeatable."""
    for role, page_rights in _PAGE_RIGHTS.items():
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set(_plain_rights(role))
        _give_pages(group, page_rights)
        _give_files(group, _FILE_RIGHTS[role])
    # Wagtail's own groups would be a second set of roles beside ours.
    Group.objects.filter(name__in=["Moderators", "Editors"]).delete()
    _ensure_review()


def roles_of(user: object) -> set[str]:
    """Return a user's roles; somebody signed out is a visitor, a superuser has all."""
    if not getattr(user, "is_authenticated", False):
        return {"visitor"}
    if getattr(user, "is_superuser", False):
        return set(ROLES)
    groups = user.groups.values_list("name", flat=True)  # type: ignore[attr-defined]
    return {"visitor", *(name for name in groups if name in ROLES)}


def _plain_rights(role: str) -> list[Permission]:
    """Return the rights that belong to no page: entering the editors' rooms, and the words to sort by."""
    rights = [Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")]
    if role == "editor":
        names = [f"{verb}_{word}" for word in _WORDS for verb in ("add", "change")]
        rights += Permission.objects.filter(codename__in=names, content_type__app_label="library")
        rights += Permission.objects.filter(content_type__app_label="simple_translation", codename="submit_translation")
    return rights if role not in {"member", "officer"} else []


def _give_pages(group: Group, names: tuple[str, ...]) -> None:
    """Give a group rights to every page."""
    root = Page.objects.get(depth=1)
    wanted = Permission.objects.filter(codename__in=names, content_type__app_label="wagtailcore")
    GroupPagePermission.objects.filter(group=group).exclude(permission__in=wanted).delete()
    for permission in wanted:
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)


def _give_files(group: Group, names: tuple[str, ...]) -> None:
    """Give a group rights to pictures and files."""
    root = Collection.objects.get(depth=1)
    for permission in Permission.objects.filter(codename__in=names):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def _ensure_review() -> None:
    """Make the one review that pages of those who may not publish go through."""
    task = GroupApprovalTask.objects.filter(name=REVIEW).first() or GroupApprovalTask.objects.create(name=REVIEW)
    task.groups.set([Group.objects.get(name="editor")])
    workflow, _ = Workflow.objects.get_or_create(name=REVIEW)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    root = Page.objects.get(depth=1)
    WorkflowPage.objects.update_or_create(page=root, defaults={"workflow": workflow})
    for other in Workflow.objects.exclude(pk=workflow.pk).filter(active=True):
        other.deactivate()
