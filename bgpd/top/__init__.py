"""``bgpdcl top``: what is going on in a daemon, on the whole terminal, again every two seconds.

``figures`` are what ``show activity`` says, and the rates between two answers. ``view`` is what the user
wants to see and what keys change about it, ``columns`` and ``screen`` make text of both, ``keyboard`` and
``display`` are the terminal, ``program`` the loop around all of them.
"""
