"""Who may do what: accounts, roles, sign-in and its limits, the log of who did it."""
