"""From best routes to the routes of the kernel, and back: forms, places, tunnels, lifelines."""
