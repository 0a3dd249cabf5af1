"""HTML of strangers -> HTML that may be shown: no script, form, event handler, style sheet or remote content."""

import nh3

_TAGS = frozenset(
    [
        "a",
        "abbr",
        "address",
        "article",
        "aside",
        "b",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "main",
        "mark",
        "menu",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
    ]
)
_ALIGNED = {"align", "valign", "width", "height", "bgcolor"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "style"},
    "a": {"href"},
    "blockquote": {"type"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "div": {"align"},
    "font": {"color", "face", "size"},
    "img": {"src", "alt", "width", "height"},
    "li": {"value"},
    "ol": {"start", "type"},
    "p": {"align"},
    "table": _ALIGNED | {"border", "cellpadding", "cellspacing", "summary"},
    "td": _ALIGNED | {"colspan", "rowspan"},
    "th": _ALIGNED | {"colspan", "rowspan", "scope"},
    "tr": {"align", "valign", "bgcolor"},
}
# No property here takes a URL or moves an element over what stands around the mail.
_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-right",
    "border-spacing", "border-style", "border-top", "border-width", "color", "direction", "display", "font-family",
    "font-size", "font-style", "font-variant", "font-weight", "height", "letter-spacing", "line-height", "margin",
    "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "padding", "padding-bottom",
    "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent", "text-transform",
    "vertical-align", "white-space", "width", "word-break", "word-spacing", "word-wrap",
}  # fmt: skip
_IMAGES = ("data:image/png;", "data:image/jpeg;", "data:image/gif;", "data:image/webp;", "cid:")


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    """Refuse remote images (they report the reader) and values that only seem to be harmless."""
    if tag == "img" and attribute == "src":
        return value if value.strip().lower().startswith(_IMAGES) else None
    if attribute == "style" and ("url(" in value.lower() or "\\" in value):
        return None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags={
        "script",
        "style",
        "title",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "template",
        "noembed",
        "xmp",
    },
    attributes=_ATTRIBUTES,
    attribute_filter=_allowed,
    filter_style_properties=_STYLES,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)


def sanitise(source: str) -> str:
    """Return the HTML that a mail shows, safe to place into a page of ours.

    `cid:` images stay for the caller to resolve. The source should not be nested deeper than some hundred elements:
    the time it takes grows with the depth.
    """
    return _CLEANER.clean(source)
