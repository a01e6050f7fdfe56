"""A site that mounts one of viewflow's own URLs."""

from django.urls import path
from viewflow.urls import Site, Viewset

urlpatterns = [path("", Site(viewsets=[Viewset(app_name="flows")]).urls)]
