"""`redraft pair`: a conversation at a terminal.

`warm` keeps model and files between requests, `board` holds what is known of every place, `live` draws it, `review`
is the talk about the hunks, `followup` what a request can lean on, `conversation` what is remembered, `session` carries
requests out, `orders` are the slash commands, `terminal` is the prompt.
"""
