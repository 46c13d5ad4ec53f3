"""The eco-mileage desk: members, settlements, points and what they buy. It stores; the solution's rules decide."""
