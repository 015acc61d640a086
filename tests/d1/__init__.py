"""Cloudflare D1: the exported files, and wrangler applying them."""
