"""A figure's SVG made fit to stand inside a page: nothing active in it, no style leaking out.

The figure comes from a snippet's process and is trusted no more than that.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

INK = "#010203"  # the worker draws text and axes in it; it becomes the page's text colour

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_DROPPED = {f"{{{_SVG}}}{name}" for name in ("style", "metadata", "title", "desc")}
_KEPT = {
    f"{{{_SVG}}}{name}"
    for name in (
        *("svg", "g", "defs", "path", "use", "clipPath", "rect", "circle", "ellipse", "line"),
        *("polyline", "polygon", "text", "tspan", "image", "linearGradient", "radialGradient"),
        *("stop", "pattern", "mask", "filter", "feColorMatrix"),
    )
}
_ATTRIBUTE = re.compile(r"^[a-zA-Z][a-zA-Z0-9-]*$")
_LOCAL_LINK = re.compile(r"^(#[\w.-]+|data:image/png;base64,[A-Za-z0-9+/=\s]*)$")
_OUTSIDE = re.compile(r"url\(\s*[\"']?(?!#)|@import|expression|javascript:|[\\<>]", re.IGNORECASE)

# What matplotlib says in a <style> for `*`, which would hold for the whole page.
_STROKES = "stroke-linejoin:round;stroke-linecap:butt"


class UnsafeSvgError(ValueError):
    """The SVG holds something that a drawing does not need."""


def for_a_page(text: str) -> str:
    """The drawing alone, without prolog, style and metadata.

    Raises UnsafeSvgError where there is an element or an attribute that could act or reach out.
    """
    if "<!ENTITY" in text:
        raise UnsafeSvgError("it declares an entity")
    try:
        tree = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise UnsafeSvgError(f"not XML: {error}") from None
    if tree.tag != f"{{{_SVG}}}svg":
        raise UnsafeSvgError("not an SVG")
    for parent in list(tree.iter()):
        for element in [child for child in parent if child.tag in _DROPPED]:
            parent.remove(element)
    for element in tree.iter():
        _check(element)
    tree.set("style", _STROKES)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(tree, encoding="unicode").replace(INK, "currentColor")


def _check(element: ElementTree.Element) -> None:
    if element.tag not in _KEPT:
        raise UnsafeSvgError(f"an element {element.tag}")
    for name, value in element.attrib.items():
        if name in ("href", f"{{{_XLINK}}}href"):
            if not _LOCAL_LINK.match(value):
                raise UnsafeSvgError(f"a link to {value[:60]}")
        elif name == "{http://www.w3.org/XML/1998/namespace}space":
            continue
        elif not _ATTRIBUTE.match(name) or name.lower().startswith("on"):
            raise UnsafeSvgError(f"an attribute {name}")
        elif _OUTSIDE.search(value):
            raise UnsafeSvgError(f"{name}={value[:60]!r}")
