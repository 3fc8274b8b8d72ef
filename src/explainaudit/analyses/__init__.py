"""One question per file. ``ANALYSES`` lists them in the order of the document."""

from explainaudit.analyses.agreement import AGREEMENT
from explainaudit.analyses.calibration import CALIBRATION
from explainaudit.analyses.cases import CASES
from explainaudit.analyses.data import DATA
from explainaudit.analyses.effects import EFFECTS
from explainaudit.analyses.fairness import FAIRNESS
from explainaudit.analyses.importance import IMPORTANCE
from explainaudit.analyses.individual import INDIVIDUAL
from explainaudit.analyses.parity import PARITY
from explainaudit.analyses.performance import PERFORMANCE
from explainaudit.analyses.proxies import PROXIES
from explainaudit.analyses.slices import SLICES
from explainaudit.analyses.soundness import SOUNDNESS
from explainaudit.analysis import Analysis

ANALYSES: tuple[Analysis, ...] = (
    DATA,
    SOUNDNESS,
    PERFORMANCE,
    CALIBRATION,
    IMPORTANCE,
    EFFECTS,
    CASES,
    AGREEMENT,
    FAIRNESS,
    SLICES,
    PARITY,
    PROXIES,
    INDIVIDUAL,
)
