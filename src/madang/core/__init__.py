"""Units, dates, facts, sources, tables, figures, errors, the contract and the city folder. No policy lives here."""
