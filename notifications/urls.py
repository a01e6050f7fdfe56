"""URLs of a person's own notifications."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("feed", views.feed, name="feed"),
    path("bell/", views.bell, name="bell"),
    path("notifications/", views.notification_list, name="notifications"),
    path("notifications/drawer/", views.drawer, name="notifications-drawer"),
    path("notifications/acts/<uuid:public_id>/", views.batch, name="notifications-batch"),
    path("notifications/read/", views.read, name="notifications-read"),
]
