"""A Matplotlib figure drawn once: to lay it out, Matplotlib draws all of it a first time and throws that away."""

from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine


class LaidOutFigure(Figure):
    """A figure whose first drawing, for which alone it has a layout engine, only lays it out. What is written is the
    same to the byte."""

    def draw(self, renderer: RendererBase) -> None:
        """Lay out, or draw what has been laid out."""
        engine = self.get_layout_engine()
        if isinstance(engine, ConstrainedLayoutEngine):
            engine.execute(self)
        else:
            super().draw(renderer)
