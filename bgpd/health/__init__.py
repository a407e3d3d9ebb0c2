"""The daemon looks after itself: faults that it survives, time that it takes, memory, the watchdog."""
