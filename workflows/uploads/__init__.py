"""What is handed in: looked through by a program of its own, scanned for viruses where a scanner is set up."""
