"""From the settings to what the commands start with: which model, how to decide, what to warn of."""

from __future__ import annotations

from assistant.config import Settings
from assistant.decision.request import DecisionSettings
from models.backends.base import Sampling, TextBackend
from models.backends.select import BackendChoice


def backend_choice(settings: Settings) -> BackendChoice:
    """The part of the settings that says which model answers."""
    openai, gemini = settings.openai_api_key, settings.gemini_api_key
    return BackendChoice(
        model=settings.model,
        adapter=settings.adapter,
        base_url=settings.base_url,
        openai_api_key=openai.get_secret_value() if openai else None,
        gemini_api_key=gemini.get_secret_value() if gemini else None,
        context_tokens=settings.context,
        threads=settings.threads,
    )


def decision_settings(settings: Settings) -> DecisionSettings:
    """The part of the settings that says how to decide."""
    return DecisionSettings(
        ask=settings.ask,
        threshold=settings.threshold,
        sampling=Sampling(
            max_tokens=settings.max_tokens, temperature=settings.temperature, seed=settings.seed
        ),
        max_questions=settings.max_questions,
    )


def untuned_note(backend: TextBackend, settings: Settings) -> str | None:
    """What to say of a model that was not tuned to decide; None when there is nothing to say."""
    if settings.ask != "auto" or not backend.capabilities.opener_mass or backend.identity.adapter:
        return None
    name = backend.identity.model
    return f"{name} was not tuned to decide: without a ClarifyCoder adapter its p_ask is not calibrated"
