"""Tell: command line, schedule, feeds, calendar, pages, health. Puts the other three packages together."""
