import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

# The brute-force answers lie beside the tests and are imported by name under importlib mode.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def chain():
    """Five sites along a road: site j reaches homes j and j+1; each home has one resident."""
    return sparse.csr_array(np.array([[j <= i <= j + 1 for i in range(6)] for j in range(5)]))
