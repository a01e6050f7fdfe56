"""Sockets of this app; config/asgi.py puts sign-in and the check of the origin around them."""

from django.urls import path

from notifications.consumers import FeedConsumer

websocket_urlpatterns = [path("ws/", FeedConsumer.as_asgi())]
