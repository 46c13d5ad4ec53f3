"""The audit log's own words for signing in and for roles."""

from __future__ import annotations

from typing import Any

from wagtail import hooks

from madang.web.wording import both


@hooks.register("register_log_actions")
def name_actions(actions: Any) -> None:
    """Name what the accounts log."""
    for action, ko, en in (
        ("madang.sign_in", "로그인", "Sign in"),
        ("madang.sign_out", "로그아웃", "Sign out"),
        ("madang.sign_in_failed", "로그인 실패", "Failed sign-in"),
        ("madang.role", "역할 변경", "Role changed"),
        ("madang.created", "계정 만듦", "Account created"),
    ):
        actions.register_action(action, both(ko, en), both(ko, en))
