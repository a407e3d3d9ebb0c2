"""What operators, methods and ``print`` do with values; the texts of the errors are BIRD's."""
