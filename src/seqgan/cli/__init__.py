"""Commands: one file a command, imported when it is named. A file has ``command``, a typer function.

The first line of the file's docstring is what ``seqgan --help`` says about it. Results go to the standard output,
progress and messages to the standard error; what a person can mend ends with exit code 2 and one message.
"""
