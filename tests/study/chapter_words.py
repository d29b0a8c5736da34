"""What the tests of chapters read: an output as a reader sees it, with plain spaces."""


def plain(text: str) -> str:
    """A text whose no-break spaces are plain ones."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def words(output) -> str:
    """The Markdown of an output."""
    return plain(output._repr_mimebundle_()[0]["text/markdown"])


def text_of(output) -> str:
    """All that an output says: its text, title, subtitle, alternative, source and caption."""
    data, metadata = output._repr_mimebundle_()
    ctg = metadata["ctg"]
    said = [data.get("text/markdown", "")]
    said += [ctg.get(part, "") for part in ("title", "subtitle", "alt", "source", "caption")]
    return plain("\n".join(said))
