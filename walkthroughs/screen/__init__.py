"""The replay of a tour on a full terminal screen, made with Textual, which only the modules in here import.

`reading` and `listing` know no terminal: where the reader is, and what of the source is shown. `application` joins the
panes; `terminal` opens it on the terminal of this process.
"""
