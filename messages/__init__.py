"""BGP-4 messages: bytes to values and back, and nothing else.

The way of an UPDATE::

    bytes --Framer.runs--> (type, bodies) --decode_update--> Update
                                  |             |
                                  |   prefixes as canonical keys, one AttributeSet per distinct wire form
                                  |
                        decode_announcements --> the same keys, with plain attributes as octets

and out again::

    AttributeSet --encode_attributes--> Encoded --pack_announcements--> messages

- A prefix is its canonical NLRI octets (``families/prefix.py``); with ADD-PATH, four octets of Path
  Identifier come before them (``families/path.py``), and ``Update`` has lists of their own for these.
- An attribute set is checked once per distinct wire form (``attribute_check.py``), decoded when somebody asks
  for a value, shared by every prefix that carries it (``attribute_set.py``). Its wire form does not depend on
  what was negotiated: AS numbers have four octets and the next hop is always attribute 3.
- The attributes of nearly all routes are *plain* (``plain_attributes.py``): one pattern finds them sound, and
  they stay octets. Most others are read by one loop that finds nothing to complain about
  (``sound_attributes``), the rest again with care (``check_attributes``).
- ``ATTRIBUTES``, ``CAPABILITIES`` and ``FAMILIES`` are tables of rows; what malformed input costs (RFC 7606)
  is a field of the row.
- Whatever was negotiated and changes how bytes are read is in a ``Context``; nothing here knows a neighbor.

Two exceptions leave this package: ``NotificationError`` ends the session, ``MalformedValueError`` says that
one value breaks its RFC. The package imports the standard library only, and nothing in it has a socket,
clock, task or log.
"""
