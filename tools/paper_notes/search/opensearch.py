"""OpenSearch: how a browser's address bar may search the site, one description per language."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape


def opensearch(site_url: str, language: str, words: Mapping[str, str]) -> str:
    """The description for a site at this absolute address, which the standard asks for."""
    root = site_url.rstrip("/")
    name = escape(words["site"])
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>{name} ({language})</ShortName>
  <Description>{escape(words["search_label"])}</Description>
  <Language>{language}</Language>
  <InputEncoding>UTF-8</InputEncoding>
  <Image height="16" width="16" type="image/svg+xml">{escape(root)}/assets/logo.svg</Image>
  <Url type="text/html" template="{escape(root)}/{language}/search/?q={{searchTerms}}"/>
</OpenSearchDescription>
"""
