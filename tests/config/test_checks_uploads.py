from django.core.checks import WARNING

from config.checks import refuse_to_start
from config.checks_uploads import check_scanner


def test_production_without_a_scanner_is_warned_and_starts(settings):
    settings.ENVIRONMENT, settings.CLAMD = "production", ""

    (found,) = check_scanner()

    assert (found.id, found.level, "viruses" in found.msg) == ("site.W019", WARNING, True)
    settings.ENVIRONMENT = "test"
    refuse_to_start()


def test_production_with_a_scanner_and_everybody_else_are_not_warned(settings):
    settings.ENVIRONMENT, settings.CLAMD = "production", "127.0.0.1:3310"
    assert check_scanner() == []

    settings.ENVIRONMENT, settings.CLAMD = "development", ""
    assert check_scanner() == []
