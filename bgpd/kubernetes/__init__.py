"""Calico's resources straight from the Kubernetes API: listed once, then watched.

Without any I/O, and so without threads and clocks:

- ``collections``  what is watched, and where the API has it
- ``answers``      what the API says: pages of lists, events of watches, refusals
- ``stream``       the octets of a watch become events
- ``reflector``    what to ask next: list, watch, and list again when the API has forgotten where we were
- ``rest``         how long to wait before asking again
- ``trimming``     what of an object is kept
- ``store``        all objects there are, by the differences that arrive
- ``settling``     when changes that come in a row are read, once

Around them: ``connection`` (one connection, with token and CA), ``worker`` (a thread for each collection),
``observer`` (all workers and the store), ``state_file`` (what a restart begins with while the API is away),
``resources`` (who reads the configuration gets them here) and ``source`` (has it read again).
"""
