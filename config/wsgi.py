"""WSGI entry point: pages only, the socket needs config.asgi."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.checks import refuse_to_start  # noqa: E402 - checks need models, and models need Django set up

refuse_to_start()
