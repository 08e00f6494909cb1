"""From the settings to what the commands start with: which model, how to decide, what to warn of."""

from __future__ import annotations

from pydantic import SecretStr

from assistant.config import Settings
from assistant.decision.request import DecisionSettings
from models.backends.base import Sampling, TextBackend
from models.backends.select import BackendChoice


def backend_choice(settings: Settings) -> BackendChoice:
    """The part of the settings that says which model answers."""
    return BackendChoice(
        model=settings.model,
        adapter=settings.adapter,
        code_by=settings.code_by,
        base_url=settings.base_url,
        server_api_key=_secret(settings.server_api_key),
        openai_api_key=_secret(settings.openai_api_key),
        gemini_api_key=_secret(settings.gemini_api_key),
        context_tokens=settings.context,
        threads=settings.threads,
    )


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None


def decision_settings(settings: Settings) -> DecisionSettings:
    """The part of the settings that says how to decide."""
    return DecisionSettings(
        ask=settings.ask,
        threshold=settings.threshold,
        effort=settings.effort,
        sampling=Sampling(
            max_tokens=settings.max_tokens, temperature=settings.temperature, seed=settings.seed
        ),
        max_questions=settings.max_questions,
    )


def untuned_note(backend: TextBackend, settings: Settings) -> str | None:
    """What to say of a model that was not tuned to decide; None when there is nothing to say."""
    can = backend.capabilities
    if settings.ask != "auto" or not can.opener_mass or can.calibration or backend.identity.adapter:
        return None
    name = backend.identity.model
    return f"{name} was not tuned to decide: without a ClarifyCoder adapter its p_ask is not calibrated"
