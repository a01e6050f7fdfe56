"""ASGI entry point: pages, and the hints of `/ws/` for pages of our own origins."""

import os
import warnings
from urllib.parse import ParseResult

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Django must be set up before anything that imports models.
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402

from config.checks import refuse_to_start  # noqa: E402
from notifications.routing import websocket_urlpatterns  # noqa: E402

refuse_to_start()
# WhiteNoise is synchronous: Django reads its files in one go, which is what we want for small ones.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")


class ExactOriginValidator(OriginValidator):
    """Let a socket open only from `settings.WEBSOCKET_ORIGINS`: scheme, host and port, no wildcard."""

    def valid_origin(self, parsed_origin: ParseResult | None) -> bool:
        """Tell whether the page that opens the socket is ours; an unreadable origin is not."""
        try:
            return any(
                self.match_allowed_origin(parsed_origin, origin) for origin in settings.WEBSOCKET_ORIGINS
            )
        except ValueError:  # a port that is no number
            return False


application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": ExactOriginValidator(
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns)), settings.WEBSOCKET_ORIGINS
        ),
    }
)
