"""What outlives a process, how the next one takes it up, and how this one leaves."""
