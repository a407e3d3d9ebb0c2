"""The daemon: everything that touches the outside.

``daemon.py`` serves the control socket and reads the configuration, ``speaker.py`` has what routes pass
through, ``pipeline.py`` is the second half of a route's way.

    sessions/         TCP: listening, connecting, one connection (the driver of ``fsm``)
    protocols/        what ``show protocols`` lists: BGP neighbors, static, direct, device, kernel
    kernel/           from best routes to those of the kernel
    config/, bird/    what a user writes -> plain settings (``settings.py``)
    reconfiguration/  another configuration for a daemon that runs; prediction/ says what would come of it
    restart/          what outlives a process, how the next one takes it up, how this one leaves
    health/           faults, measured callbacks, memory, the watchdog
    control/          BIRD's line protocol on a Unix socket, and ``bgpdcl``
    show/             one command a file
    logs/, traces/    what is written down, and in whose words
    programs/         the commands named as BIRD's
"""
