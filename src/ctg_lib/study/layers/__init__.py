"""What a study knows, one layer upon another; :class:`ctg_lib.study.Study` is the whole.

Each layer is a class that rests on those before it and asks nothing of those after:

- ``identity``: which territory, on which date, what it was asked;
- ``around``: the territories beside it;
- ``official``: public figures, and what is computed from them for it alone;
- ``folder``: what people wrote in its folder;
- ``tables``: rows and values, partners' figures laid over public ones;
- ``comparisons``: among others, and without one commune;
- ``source_lines``: where numbers come from (rests on ``folder``).
"""
