"""When a school's runs are due: pure, from times of the day and the calendar."""
