def code_of(words: str) -> str:
    return words.strip("`'\" ")
