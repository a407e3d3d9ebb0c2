"""Names bound to what they stand for, and what can be worked out before any route is there."""
