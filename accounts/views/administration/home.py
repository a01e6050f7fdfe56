"""Where an administrator begins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .base import AdministrationView


class HomeView(AdministrationView):
    """What there is to administer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the way to each page."""
        return render(request, "accounts/administration/home.html")
