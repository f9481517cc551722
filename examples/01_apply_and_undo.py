"""A change set is a value: build it, print it as a patch, apply it to files in memory, and take it back."""

from __future__ import annotations

from editops import Applied, ChangeSet, RenameFile, Span, TextEdit, apply, invert, serialise, unified_diff

FILES = {
    "shop/basket.py": b"def total(prices):\n    return sum(prices)\n",
    "shop/till.py": b"from shop.basket import total\n\nprint(total([1, 2]))\n",
}


def replace_all(path: str, old: bytes, new: bytes) -> list[TextEdit]:
    """An edit for every place where `old` stands in a file."""
    data, edits, at = FILES[path], [], -1
    while (at := data.find(old, at + 1)) >= 0:
        edits.append(TextEdit.on(path, data, Span(at, at + len(old)), new))
    return edits


def main() -> None:
    ops = [
        *replace_all("shop/basket.py", b"total", b"amount_due"),
        *replace_all("shop/till.py", b"total", b"amount_due"),
        *replace_all("shop/till.py", b"basket", b"cart"),
        RenameFile("shop/basket.py", "shop/cart.py"),
    ]
    change = ChangeSet.of(ops, FILES)
    print(unified_diff(change, FILES))
    print(serialise(change))

    done = apply(FILES, change)
    assert isinstance(done, Applied)
    after = done.tree(FILES)
    print("afterwards:", ", ".join(sorted(after)))

    undone = apply(after, invert(change, FILES))
    assert isinstance(undone, Applied) and undone.tree(after) == FILES
    print("taken back: every byte as before")


if __name__ == "__main__":
    main()
