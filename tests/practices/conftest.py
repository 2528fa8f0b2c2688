"""A partner's own space, where its practices are written."""

import pytest

from portal.spaces.models import Space
from tests.support.practising import own_space as make


@pytest.fixture
def own_space(cast) -> Space:
    """The space of «partner» (people: partner, coordinator); editor and colleague release there."""
    return make(cast)
