"""Units, dates, facts, sources, tables, figures, errors, the contract, the city folder. No policy lives here."""
