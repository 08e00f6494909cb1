"""The plain rule: a reply asks when there is a question in it and no code. Quality is not judged."""

from __future__ import annotations

from eval.judges.asking import is_question
from eval.schema import Judgement, Response, Variant


class RuleJudge:
    """Needs nothing but the reply. A request without a question mark is no question to it."""

    name = "rule-1"

    def judge(self, variant: Variant, response: Response) -> Judgement:
        """Judge one reply; the quality of one that asks stays None."""
        asked = int(is_question(response.reply))
        return Judgement(key=response.key, judge=self.name, asked=asked, quality=None if asked else 0)

    def close(self) -> None:
        """Nothing to free."""
