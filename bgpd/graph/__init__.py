"""A picture of who has a session with whom, from what nodes say of themselves.

Pure: text in, text out. Answers of ``bgpdcl -j cluster status`` take this way::

    documents.py   what a node says, read with care: files come from anywhere
    model.py       nodes and edges; what both ends say, one end alone, or nobody who should
    sessions.py    how an edge stands, from what its ends say
    tiers.py       reflectors above those they reflect for
    captions.py    the words of the picture
    shapes.py      lines, pills, dots and texts at their places
    ring.py        a ring of nodes around its reflectors, for some hundred at most
    blocks.py      more nodes: blocks of dots, with what is not well drawn in full
    svg.py         the shapes as SVG
    dot.py         the model for Graphviz
"""
