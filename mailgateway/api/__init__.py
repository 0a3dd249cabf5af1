"""The HTTP API: read-only, behind a token, off until it is configured. The only home of FastAPI and uvicorn.

It looks at the store and nothing else, a few requests at a time, so that mail is never held up by it.
"""
