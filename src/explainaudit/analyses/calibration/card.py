"""The method card: bins, clipped probabilities, and the fewest outcomes of a group."""

import numpy as np

from explainaudit.analyses.calibration.groups import FEWEST
from explainaudit.analyses.calibration.one import Predicted
from explainaudit.records.evidence import Card, CardLine
from explainaudit.records.measure import Measure
from explainaudit.records.message import Message
from explainaudit.stats.calibration import clipped
from explainaudit.stats.rates import count, fact


def calibration_card(parts: list[Predicted], bins: int, bin_rows: int) -> tuple[Card, list[Measure]]:
    """Return how calibration was measured, and the numbers the card prints."""
    facts = {
        "bins": fact("calibration", "bins", bins),
        "bin_rows": fact("calibration", "bin_rows", bin_rows),
        "fewest": fact("calibration", "fewest", FEWEST),
    }
    params = {"bins": facts["bins"].ref(), "rows": facts["bin_rows"].ref()}
    lines = [("bins", Message.model_validate({"key": "card.calibration_bins", "params": params}))]
    probability = parts[0].probability
    if probability:
        extreme = np.any([clipped(of.predicted) for of in parts], axis=0)
        facts["clipped"] = count("calibration", "clipped", int(extreme.sum()))
        message = Message(key="card.calibration_clipped", params={"n": facts["clipped"].ref()})
        lines.append(("clipped", message))
    kind = "outcomes" if probability else "rows"
    fewest = Message(key=f"card.calibration_{kind}", params={"n": facts["fewest"].ref()})
    lines.append(("by_group", fewest))
    labelled = tuple(
        CardLine(label=Message(key=f"card.label.calibration_{label}"), fact=said) for label, said in lines
    )
    card = Card(name="calibration", title=Message(key="card.title.calibration"), lines=labelled)
    return card, list(facts.values())
