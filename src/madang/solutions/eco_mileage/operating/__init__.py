"""What each operation of eco-mileage is told, does and answers."""
