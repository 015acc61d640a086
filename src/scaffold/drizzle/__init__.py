"""Drizzle's TypeScript as values, and values as TypeScript or Python text. Pure: no file, no database."""
