"""The live page itself: one input, the address; outputs that follow it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shiny import App, reactive, render, ui

from simulation.errors import CircuitError

from . import parts
from .answers import whole
from .asked import Asked, Looking
from .form import PAGE, form_of, look_of
from .pairs import Pair, PairRunner

SECONDS_BETWEEN_LOOKS = 0.1
FEWEST_SHOWN = 10  # pairs, before an answer takes the place of the one before
VIEWS = {"fans": "Where it goes", "story": "One run", "web": "Who pays whom", "books": "A balance sheet"}


def app_of(runner: PairRunner) -> App:
    """The page with its server, whose pairs a runner computes."""
    return App(_page, lambda input, output, session: _serve(runner, input, session))  # noqa: A006


def _page(request: Any) -> ui.Tag:
    query = request.url.query
    looking = _looking(query)
    return ui.page_fluid(
        ui.head_content(ui.tags.link(rel="icon", href="data:,"), ui.include_css(PAGE / "explore.css", method="inline")),
        ui.tags.header(
            ui.h1("What if?"),
            ui.p(
                "Move something: pairs of runs with the same seeds answer, without your changes and with them.",
                class_="lead",
            ),
        ),
        ui.div(
            ui.HTML(form_of(query)),
            ui.tags.main(
                ui.output_ui("answer"),
                ui.navset_underline(
                    *(ui.nav_panel(words, ui.output_ui(name), value=name) for name, words in VIEWS.items()),
                    id="view",
                    selected=looking.view if looking.view in VIEWS else "fans",
                    header=ui.HTML(look_of(looking)),
                ),
            ),
            class_="columns",
        ),
        ui.include_js(PAGE / "explore.js", method="inline"),
        title="Circuit: what if?",
        lang="en",
    )


def _looking(query: str) -> Looking:
    """What an address looks at; where that is not understood, what there is to see at first."""
    try:
        return Looking.of_query(query)
    except CircuitError:
        return Looking()


class _Reader:
    """What one reader has asked, and what is shown of the answer."""

    def __init__(self, runner: PairRunner, name: str) -> None:
        self.runner, self.name = runner, name
        self.asked: reactive.Value[Asked | None] = reactive.value(None)
        self.looking: reactive.Value[Looking] = reactive.value(Looking())
        self.errors: reactive.Value[tuple[str, ...]] = reactive.value(())
        self.shown: reactive.Value[tuple[Asked, list[Pair]] | None] = reactive.value(None)
        self.drawn: reactive.Value[tuple[Asked, list[Pair]] | None] = reactive.value(None)

    def take(self, query: str) -> None:
        """A new question, or another look at the same."""
        try:
            asked, looking = Asked.of_query(query), Looking.of_query(query)
            if asked != self.asked.get():
                self.runner.ask(self.name, asked)
                self.asked.set(asked)
            self.looking.set(looking)
            self.errors.set(())
        except CircuitError as error:
            self.errors.set(error.errors)

    def watch(self) -> None:
        """Show what has come, and look again soon while something is missing. Paths are drawn anew for new pairs alone:
        a sketch has them all."""
        asked = self.asked.get()
        if asked is None:
            return
        found = self.runner.pairs(asked)
        finished = whole(found)
        with reactive.isolate():
            shown, drawn = self.shown.get(), self.drawn.get()
        if len(found) >= min(FEWEST_SHOWN, asked.runs):
            if _counts(shown, asked) != (len(found), finished):
                self.shown.set((asked, found))
            if _counts(drawn, asked)[0] != len(found):
                self.drawn.set((asked, found))
        if finished < asked.runs:
            reactive.invalidate_later(SECONDS_BETWEEN_LOOKS)

    def answer(self) -> str:
        """What is wrong, if anything is, and the answer so far."""
        shown = self.shown.get()
        return parts.errors(self.errors.get()) + (parts.answer(*shown) if shown else parts.WAITING)

    def fans(self) -> str:
        """Where key series go."""
        drawn = self.drawn.get()
        return parts.fans(*drawn, self.looking.get()) if drawn else ""

    def opened(self, part: Callable[[Asked, Looking], str]) -> str:
        """A part about one run."""
        asked = self.asked.get()
        try:
            return part(asked, self.looking.get()) if asked else ""
        except CircuitError as error:
            return parts.errors(error.errors)


def _counts(seen: tuple[Asked, list[Pair]] | None, asked: Asked) -> tuple[int, int]:
    """Pairs of a question that have been seen, and how many of them whole."""
    return (len(seen[1]), whole(seen[1])) if seen and seen[0] == asked else (0, 0)


def _serve(runner: PairRunner, input: Any, session: Any) -> None:  # noqa: A002
    """One reader's session: the newest question goes to the runner, and what comes back is shown as it comes."""
    reader = _Reader(runner, session.id)
    session.on_ended(lambda: runner.forget(session.id))

    @reactive.effect
    @reactive.event(input.asked)
    def take() -> None:
        reader.take(input.asked())

    @reactive.effect
    def watch() -> None:
        reader.watch()

    @render.ui
    def answer() -> ui.HTML:
        return ui.HTML(reader.answer())

    @render.ui
    def fans() -> ui.HTML:
        return ui.HTML(reader.fans())

    @render.ui
    def story() -> ui.HTML:
        return ui.HTML(reader.opened(parts.story))

    @render.ui
    def web() -> ui.HTML:
        return ui.HTML(reader.opened(parts.web))

    @render.ui
    def books() -> ui.HTML:
        return ui.HTML(reader.opened(parts.books))
