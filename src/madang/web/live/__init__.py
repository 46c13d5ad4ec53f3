"""Solutions' numbers and figures as the pages show them: computed once, kept, told apart by their day."""
