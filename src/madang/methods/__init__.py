"""The sums without a policy: each module is a method any solution may use."""
