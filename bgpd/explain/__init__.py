"""What the octets of BGP messages mean, field by field with offsets: what ``bgpdcl decode`` prints.

``stream`` cuts the input into messages and reads their headers; ``open``, ``update`` and ``short_messages``
read the bodies, ``attributes``, ``capabilities`` and ``prefixes`` what is in those. Each
takes ``Field``s off a ``Reader``, so that every octet of the input is in exactly one field, whatever is wrong
with it. What is wrong and what it costs is what ``messages`` says when it gets the same octets: this
package only finds the place. ``text`` and ``document`` show the result.
"""
