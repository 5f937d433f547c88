"""A school whose own final warning is the template `warning`: a profile of its own says so, as in the guide."""

from pathlib import Path

from halfday_sync.referrals.fields import shipped


def with_own_profile(folder: Path, name: str = "rotherham") -> None:
    """Writes the profile beside the settings, and names it there."""
    text = (shipped() / f"{name}.toml").read_text(encoding="utf-8")
    own = folder / "referral_profiles" / f"{name}.toml"
    own.parent.mkdir(exist_ok=True)
    own.write_text(text.replace('after        = ["intent",', 'after        = ["warning", "intent",'), encoding="utf-8")
    assert '"warning", "intent"' in own.read_text(encoding="utf-8")
    settings = folder / "halfday.toml"
    said = settings.read_text(encoding="utf-8")
    settings.write_text(f'{said}\n[referrals]\nprofile = "{name}"\n', encoding="utf-8")
