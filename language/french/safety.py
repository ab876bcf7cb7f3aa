"""What protects the product, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    # What the audit trail calls it
    "media exported": "médias exportés",
    "contact sheet exported": "planche-contact exportée",
    "audit trail exported": "journal d’audit exporté",
    # The audit trail
    "What happened": "Ce qui s’est passé",
    "By whom": "Par qui",
    "Everything": "Tout",
    "Anybody": "N’importe qui",
    "From day": "Du jour",
    "To day": "Au jour",
    "Download as CSV": "Télécharger en CSV",
    "Newest": "Les plus récentes",
    "Older": "Plus anciennes",
    "Nothing of this kind has happened. Remove a filter.": "Rien de tel ne s’est passé. Enlevez un filtre.",
}

PLURALS: dict[str, tuple[str, str]] = {}

SENTENCES: dict[str, str] = {
    "The body came too slowly. Nothing was changed; send it again on a better connection.": (
        "Le corps de la requête arrivait trop lentement. Rien n’a été changé ; renvoyez-le avec une meilleure"
        " connexion."
    ),
    "A page of another origin cannot use your sign-in.": (
        "Une page d’une autre origine ne peut pas se servir de votre connexion."
    ),
    "More than {} in a minute are not taken from one access. Wait {} seconds; nothing was stored.": (
        "D’un même accès, pas plus de {0} envois par minute ne sont pris. Attendez {1} secondes ; rien n’a été "
        "enregistré."
    ),
}
