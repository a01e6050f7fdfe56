"""What goes out with a case and runs without this system."""
