"""The command line: a face that knows the contract and no single solution."""
