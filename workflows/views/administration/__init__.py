"""The administrator's pages of the calendar and of the working regulation."""
