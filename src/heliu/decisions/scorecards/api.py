"""Door of the scorecards desk."""

from heliu.decisions.scorecards.domain.grades import Grade, GradeTable
from heliu.decisions.scorecards.domain.scorecard import (
    Adverse,
    Category,
    Characteristic,
    Direction,
    Interval,
    InvalidScorecard,
    Lost,
    Scorecard,
    lost_points,
    points_of,
)

__all__ = [
    "Adverse",
    "Category",
    "Characteristic",
    "Direction",
    "Grade",
    "GradeTable",
    "Interval",
    "InvalidScorecard",
    "Lost",
    "Scorecard",
    "lost_points",
    "points_of",
]
