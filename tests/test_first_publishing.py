"""Where nothing was ever crawled the folder is made; missing later, its disk may not be mounted."""

import shutil
from pathlib import Path

import pytest

from monitor.opening import opened
from monitor.publish import publish
from storage.errors import PublishError
from tests.archives import GOV_2023, GOV_2026
from tests.backfilling import NOW, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Archived copies were brought in, nothing was crawled."""
    place = Place(tmp_path / "klastry")
    place.bring(GOV_2023)
    return place


def test_what_was_brought_in_can_be_published(place: Place) -> None:
    publish(place.config, NOW)
    assert (place.config.publish / "feed.xml").exists()


def test_the_first_crawl_makes_the_folder(place: Place) -> None:
    with opened(place.config, NOW, dry=False, publish=True):
        assert place.config.publish.is_dir()


def test_a_folder_that_is_missing_later_is_not_made(place: Place) -> None:
    publish(place.config, NOW)
    place.visit(GOV_2026)
    shutil.rmtree(place.config.publish)
    with pytest.raises(PublishError, match="is its disk mounted"):
        publish(place.config, NOW)
    with (
        pytest.raises(PublishError, match="is its disk mounted"),
        opened(place.config, NOW, dry=False, publish=True),
    ):
        pass
    assert not place.config.publish.exists()
