"""The search index: built by the engine, read by the browser and by the command ``search``.

Nothing is imported here: who only says what is to be found loads nothing that builds an index.
"""
