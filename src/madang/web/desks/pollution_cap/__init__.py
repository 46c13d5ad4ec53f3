"""The desk of development loads: requests, answers, the account they are paid from. The rules are the solution's."""
