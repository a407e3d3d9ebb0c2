"""The daemon: everything that touches the outside.

``daemon.py`` builds the parts and starts them in order; ``pipeline.py`` is the second half of a route's way.

    sessions/    TCP: listening, connecting, one connection (the driver of ``fsm``)
    protocols/   what ``show protocols`` lists: BGP neighbors, static, direct, device, kernel
    config/      what a user writes -> plain settings
    control/     BIRD's line protocol on a Unix socket, and ``bgpdcl``
    show/        one command a file
"""
