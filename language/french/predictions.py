"""Predictions, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    "Predictions": "Prédictions",
    "nothing seen": "rien vu",
    "Predicted": "Prédites",
    "by a model": "par un modèle",
    "by no model": "par aucun modèle",
    "model": "modèle",
    "taken as is": "prises telles quelles",
    "corrected": "corrigées",
    "not taken": "non prises",
    "missed": "manquées",
    "shapes in answers of the last {n} days; missed are those that people drew": (
        "formes des réponses des {n} derniers jours ; manquées : celles que des personnes ont tracées"
    ),
}

PLURALS: dict[str, tuple[str, str]] = {}

SENTENCES: dict[str, str] = {
    "Its prediction is the id of one.": "Sa prédiction est l’identifiant de l’une d’elles.",
    "A score is a number between 0 and 1.": "Un score est un nombre entre 0 et 1.",
    "A threshold is a number between 0 and 1.": "Un seuil est un nombre entre 0 et 1.",
    "This client id was used for another prediction. Make a new one.": (
        "Cet identifiant de client a servi pour une autre prédiction. En créer un nouveau."
    ),
    "This media has no content yet, so nothing can be predicted about it.": (
        "Ce média n’a pas encore de contenu : rien ne peut être prédit à son sujet."
    ),
    "Shape {}: It has no confidence.": "Forme {0:number} : elle n’a pas de confiance.",
    "At most {} predictions at once.": "Au plus {0:number} prédictions à la fois.",
    "A prediction has at most {} shapes, this one has {}.": (
        "Une prédiction a au plus {0:number} formes, celle-ci en a {1:number}."
    ),
    "The name of a model has 1 to {} printable characters.": (
        "Le nom d’un modèle a de 1 à {0:number} caractères imprimables."
    ),
    "A model cannot be called “{}”.": "Un modèle ne peut pas s’appeler « {0} ».",
    "There is no prediction {} about media {}.": "Il n’y a pas de prédiction {0} sur le média {1}.",
}
